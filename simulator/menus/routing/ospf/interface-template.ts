import type { Field, FieldType, MenuDefinition } from '../../../engine/definition.ts';
import { noMatch } from '../../../engine/router-error.ts';
import { activeTemplate } from '../../../network/ospf-neighbours.ts';
import { anyNetwork } from '../../../values/address-types.ts';
import { boolean, duration, flag, integer, ipv4Address, reference, text, word } from '../../../values/field-types.ts';
import { comment, computed, disabled } from '../../row-fields.ts';
import { noteStart } from './instance.ts';

const option = (type: Field['type'], until?: string): Field => ({
  type,
  canUnset: true,
  ...(until === undefined ? {} : { until }),
});

/** Longest time of the protocol's timers, in milliseconds. */
const LONGEST_MS = 65_535_000;

const timer = (fallback: string): Field => ({ type: duration(1000, LONGEST_MS), default: fallback });

/** Names of interfaces or interface lists, kept as their ids. */
const interfaces: FieldType = {
  kind: 'list',
  parse: (input, field, router) =>
    input
      .split(',')
      .map((name) => {
        const all = [...router.items('/interface'), ...router.items('/interface/list')];
        const target = all.find(({ id, values }) => values['name'] === name || id === name);
        if (!target) throw noMatch(field);
        return target.id;
      })
      .join(','),
  show: (stored, router) =>
    stored
      .split(',')
      .map((id) => {
        const all = [...router.items('/interface'), ...router.items('/interface/list')];
        return all.find((item) => item.id === id)?.values['name'] ?? id;
      })
      .join(','),
};

const networks: FieldType = {
  kind: 'list',
  parse: (input, field, router) =>
    input
      .split(',')
      .map((network) => anyNetwork.parse(network, field, router))
      .join(','),
};

/** Which interfaces speak OSPF, and how. */
export const ospfInterfaceTemplate: MenuDefinition = {
  path: '/routing/ospf/interface-template',
  kind: 'list',
  noun: 'ospf interface template',
  ordered: true,
  fields: {
    area: { type: reference('/routing/ospf/area'), required: true },
    auth: option(word('simple', 'md5', 'sha1', 'sha256', 'sha384', 'sha512')),
    'auth-id': option(integer(0, 255)),
    'auth-key': { ...option(text), sensitive: true },
    comment,
    cost: { type: integer(1, 65_535), default: '1' },
    'dead-interval': timer('40s'),
    disabled,
    'hello-interval': timer('10s'),
    inactive: computed((item, router) => String(activeTemplate(item, router) === undefined)),
    'instance-id': { type: integer(0, 255), default: '0' },
    interfaces: { type: interfaces, canUnset: true, emptyClears: true },
    networks: { type: networks, canUnset: true, emptyClears: true },
    passive: option(flag),
    'prefix-list': option(text),
    priority: { type: integer(0, 255), default: '128' },
    'retransmit-interval': timer('5s'),
    'transmit-delay': timer('1s'),
    type: {
      type: word('broadcast', 'nbma', 'ptp', 'ptmp', 'ptp-unnumbered', 'virtual-link'),
      default: 'broadcast',
    },
    'use-bfd': option(boolean),
    'vlink-neighbor-id': option(ipv4Address, '7.24'),
    'vlink-transit-area': option(reference('/routing/ospf/area'), '7.24'),
  },
  applied: noteStart,
};
