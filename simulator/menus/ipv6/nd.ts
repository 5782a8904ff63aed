import type { FieldType, Item, MenuDefinition } from '../../engine/definition.ts';
import { failure, invalidValue } from '../../engine/router-error.ts';
import { ipv6Network } from '../../values/address-types.ts';
import { addressList, boolean, duration, integer, reference, text, word } from '../../values/field-types.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { interfaceReference } from '../interface/interface.ts';
import { comment, computed, disabled } from '../row-fields.ts';

/** Two durations, `3m20s-10m`, of at least three seconds and at most 20 minutes and 50 seconds. */
const interval: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    const [from = '', to = from] = input.split('-');
    const bounds = [parseDurationMs(from), parseDurationMs(to)];
    if (bounds.some((bound) => bound === undefined || bound < 3000 || bound > 1_250_000)) throw invalidValue(field);
    return bounds.map((bound) => formatDuration(bound ?? 0)).join('-');
  },
};

/** Router advertisements, by interface; one row for all is always there. */
export const ipv6Nd: MenuDefinition = {
  path: '/ipv6/nd',
  kind: 'list',
  noun: 'nd entry',
  fields: {
    'advertise-dns': { type: boolean, default: 'true' },
    'advertise-mac-address': { type: boolean, default: 'true' },
    comment,
    default: computed((item) => (isDefault(item) ? 'true' : undefined)),
    disabled,
    dns: { type: addressList, emptyClears: true },
    'hop-limit': { type: integer(0, 255, ['unspecified']), default: 'unspecified' },
    interface: { type: reference('/interface', ['all']), default: 'all' },
    invalid: computed(() => 'false'),
    'managed-address-configuration': { type: boolean, default: 'false' },
    mtu: { type: integer(0, 65_535, ['unspecified']), default: 'unspecified' },
    'other-configuration': { type: boolean, default: 'false' },
    pref64: { type: text, default: '' },
    'ra-delay': { type: duration(), default: '3s' },
    'ra-interval': { type: interval, default: '3m20s-10m' },
    'ra-lifetime': { type: duration(0, 9_000_000, ['none']), default: '30m' },
    'ra-preference': { type: word('low', 'medium', 'high'), default: 'medium' },
    'reachable-time': { type: duration(0, 3_600_000, ['unspecified']), default: 'unspecified' },
    'retransmit-interval': { type: duration(0, Infinity, ['unspecified']), default: 'unspecified' },
  },
  seed: () => [{ interface: 'all' }],
  prepare: ({ kind, item }) => {
    if (kind === 'remove' && isDefault(item)) throw failure(DEFAULT_ROW);
  },
  collision: (candidate, others) =>
    others.some(({ values }) => values['interface'] === candidate['interface'])
      ? 'already have such interface'
      : undefined,
};

/** Text for the removal of the row for all interfaces, which is not measured on a device. */
const DEFAULT_ROW = 'can not remove default entry';

const isDefault = (item: Item): boolean => item.id === '*1';

const lifetime = { type: duration(0, Infinity, ['infinity', 'unlimited']) } as const;

/** Prefixes that are advertised besides those of addresses. */
export const ipv6NdPrefix: MenuDefinition = {
  path: '/ipv6/nd/prefix',
  kind: 'list',
  noun: 'nd prefix',
  fields: {
    '6to4-interface': { type: reference('/interface', ['none']), default: 'none' },
    autonomous: { type: boolean, default: 'true' },
    comment,
    'dhcp6-pd-preferred': { type: boolean, default: 'false', since: '7.21' },
    disabled,
    dynamic: { type: boolean, compute: (item) => String(item.dynamic) },
    interface: { type: interfaceReference, required: true },
    invalid: computed(() => 'false'),
    'on-link': { type: boolean, default: 'true' },
    'preferred-lifetime': { ...lifetime, default: '1w' },
    prefix: { type: ipv6Network, required: true },
    'valid-lifetime': { ...lifetime, default: '4w2d' },
  },
};

/** What advertised prefixes of addresses say. */
export const ipv6NdPrefixDefault: MenuDefinition = {
  path: '/ipv6/nd/prefix/default',
  kind: 'singleton',
  noun: 'nd prefix defaults',
  fields: {
    autonomous: { type: boolean, default: 'true' },
    'dhcp6-pd-preferred': { type: boolean, default: 'false', since: '7.21' },
    'preferred-lifetime': { ...lifetime, default: '1w' },
    'valid-lifetime': { ...lifetime, default: '4w2d' },
  },
};
