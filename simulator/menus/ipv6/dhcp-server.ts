import type { CommandDefinition, MenuDefinition } from '../../engine/definition.ts';
import { interfaceOf, isSlavePort } from '../../network/links.ts';
import { ipv6Network } from '../../values/address-types.ts';
import { boolean, duration, integer, reference, text, word } from '../../values/field-types.ts';
import { namedItems } from '../interface/named-items.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

const BINDINGS = '/ipv6/dhcp-server/binding';

/** First version that has these fields; the exact one is not measured. */
const SINCE_19 = '7.19';

const queueParent = reference('/queue/simple', ['none']);
const queueBefore = reference('/queue/simple', ['first', 'bottom']);
const prefixPool = reference('/ipv6/pool', ['', 'static-only']);

/** DHCPv6 servers. */
export const ipv6DhcpServer: MenuDefinition = {
  path: '/ipv6/dhcp-server',
  kind: 'list',
  noun: 'dhcpv6 server',
  nameField: 'name',
  fields: {
    'address-lists': { type: text, default: '', since: SINCE_19 },
    'address-pool': { type: prefixPool, default: 'static-only' },
    'allow-dual-stack-queue': { type: boolean },
    'binding-script': { type: text, default: '' },
    comment,
    'dhcp-option': { type: text, default: '' },
    disabled,
    dynamic,
    'ignore-ia-na-bindings': { type: boolean, default: 'false', since: SINCE_19 },
    'insert-queue-before': { type: queueBefore },
    interface: { type: reference('/interface', ['all']), required: true },
    invalid: computed(({ values }, router) => {
      const port = values['interface'] ?? '';
      return String(port !== 'all' && (interfaceOf(router, port) === undefined || isSlavePort(router, port)));
    }),
    'lease-time': { type: duration(), default: '3d' },
    name: { type: text, required: true },
    'parent-queue': { type: queueParent },
    preference: { type: integer(0, 255), default: '255' },
    'prefix-pool': { type: prefixPool, default: 'static-only', since: SINCE_19 },
    'rapid-commit': { type: boolean, default: 'true' },
    'route-distance': { type: integer(1, 255), default: '1' },
    'use-radius': { type: boolean, default: 'false' },
    'use-reconfigure': { type: boolean, default: 'false', since: SINCE_19 },
  },
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'server with such name already exists' : undefined,
};

/** Prefixes and addresses that machines have, or that wait for theirs. */
export const ipv6DhcpServerBinding: MenuDefinition = {
  path: BINDINGS,
  kind: 'list',
  noun: 'dhcpv6 binding',
  fields: {
    address: { type: ipv6Network, canUnset: true },
    'address-lists': { type: text, default: '' },
    'allow-dual-stack-queue': { type: boolean, default: 'true' },
    comment,
    'dhcp-option': { type: text, default: '' },
    disabled,
    duid: { type: text, required: true },
    dynamic,
    'ia-type': { type: word('na', 'pd'), canUnset: true, since: SINCE_19 },
    iaid: { type: integer(0, 4_294_967_295), canUnset: true },
    'insert-queue-before': { type: queueBefore, canUnset: true },
    invalid: computed(() => 'false'),
    'last-seen': computed(() => 'never'),
    'life-time': { type: duration(), default: '3d' },
    'parent-queue': { type: queueParent, canUnset: true, since: '7.16' },
    'prefix-pool': { type: prefixPool, default: '' },
    'queue-type': { type: reference('/queue/type'), canUnset: true },
    'rate-limit': { type: text, canUnset: true, emptyClears: true },
    server: { type: reference('/ipv6/dhcp-server', ['all']), default: 'all' },
    status: computed(() => 'waiting'),
  },
  commands: { 'make-static': known(), 'send-reconfigure': { ...known(), since: SINCE_19 } },
};

/** Commands for bindings that machines have: the rows must exist. */
function known(): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      namedItems(args, BINDINGS, router);
      return { kind: 'done' };
    },
  };
}
