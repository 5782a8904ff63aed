import type { Field, FieldType, Item, MenuDefinition, Values } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { ipv4List } from '../../values/address-types.ts';
import { duration, integer, ipv4Address, reference, text, word } from '../../values/field-types.ts';
import { isIpAddress } from '../../values/ip-address.ts';
import { comment, computed } from '../row-fields.ts';

/** First version that has these fields; the exact one is not measured. */
const SINCE_19 = '7.19';

const option = (type: FieldType, since?: string): Field => ({
  type,
  canUnset: true,
  ...(since === undefined ? {} : { since }),
});

const pool = reference('/ip/pool');

/** An address, or a pool to take one from. */
const addressOrPool: FieldType = {
  kind: 'address',
  parse: (input, field, router) => (isIpAddress(input) ? ipv4Address : pool).parse(input, field, router),
  show: (stored, router) => (stored.startsWith('*') ? (pool.show?.(stored, router) ?? stored) : stored),
};

const switchOr = (...words: string[]): FieldType => word('default', 'yes', 'no', ...words);

/** What connections of PPP have in common; two rows are always there. */
export const pppProfile: MenuDefinition = {
  path: '/ppp/profile',
  kind: 'list',
  noun: 'ppp profile',
  nameField: 'name',
  firstId: 0,
  fields: {
    'address-list': { type: text, default: '' },
    bridge: option(reference('/interface/bridge')),
    'bridge-horizon': option(integer(0, 4_294_967_295, ['none'])),
    'bridge-learning': { type: switchOr(), default: 'default' },
    'bridge-path-cost': option(integer(1, 200_000_000)),
    'bridge-port-priority': option(integer(0, 240)),
    'bridge-port-trusted': option(word('yes', 'no'), SINCE_19),
    'bridge-port-vid': option(integer(1, 4094), SINCE_19),
    'change-tcp-mss': { type: switchOr(), default: 'default' },
    comment,
    default: computed((item) => String(isBuiltin(item))),
    'dhcpv6-lease-time': option(duration(), SINCE_19),
    'dhcpv6-pd-pool': option(reference('/ipv6/pool', ['none'])),
    'dhcpv6-use-radius': option(word('yes', 'no'), SINCE_19),
    'dns-server': option(ipv4List),
    'idle-timeout': option(duration()),
    'incoming-filter': option(text),
    'insert-queue-before': option(reference('/queue/simple', ['first', 'bottom'])),
    'interface-list': option(reference('/interface/list')),
    'local-address': option(addressOrPool),
    name: { type: text, required: true },
    'on-down': { type: text, default: '' },
    'on-up': { type: text, default: '' },
    'only-one': { type: switchOr(), default: 'default' },
    'outgoing-filter': option(text),
    'parent-queue': option(reference('/queue/simple', ['none'])),
    'queue-type': option(reference('/queue/type')),
    'rate-limit': option(text),
    'remote-address': option(addressOrPool),
    'remote-ipv6-prefix-pool': option(reference('/ipv6/pool', ['none'])),
    'remote-ipv6-prefix-reuse': option(word('yes', 'no', 'default'), SINCE_19),
    'session-timeout': option(duration()),
    'use-compression': { type: switchOr(), default: 'default' },
    'use-encryption': { type: switchOr('required'), default: 'default' },
    'use-ipv6': { type: switchOr('required'), default: 'yes' },
    'use-mpls': { type: switchOr('required'), default: 'default' },
    'use-upnp': { type: switchOr(), default: 'default' },
    'wins-server': option(ipv4List),
  },
  seed: (): Values[] => [
    { name: 'default', 'change-tcp-mss': 'yes' },
    { name: 'default-encryption', 'change-tcp-mss': 'yes', 'use-encryption': 'yes' },
  ],
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
  prepare: ({ kind, item }) => {
    if (kind === 'remove' && isBuiltin(item)) throw failure(BUILTIN_ROW);
  },
};

/** Text for the removal of a row that every router has, which is not measured on a device. */
const BUILTIN_ROW = 'can not remove default entry';

const isBuiltin = ({ id }: Item): boolean => id === '*0' || id === '*1';
