import type { Field, FieldType, MenuDefinition } from '../../engine/definition.ts';
import { ipv6Network } from '../../values/address-types.ts';
import { macAddress } from '../../values/mac-address.ts';
import { boolean, duration, integer, ipv4Address, reference, text, word } from '../../values/field-types.ts';
import { comment, disabled } from '../row-fields.ts';

const option = (type: FieldType): Field => ({ type, canUnset: true });

/** Counters of a connection hold 64 bits; numbers beyond 2^53 are not used. */
const bytes = integer(0, Number.MAX_SAFE_INTEGER);

/** Names and passwords of those who may connect. */
export const pppSecret: MenuDefinition = {
  path: '/ppp/secret',
  kind: 'list',
  noun: 'ppp secret',
  nameField: 'name',
  fields: {
    'caller-id': { type: text, default: '' },
    comment,
    disabled,
    'ipv6-routes': { type: text, default: '' },
    'limit-bytes-in': { type: bytes, default: '0' },
    'limit-bytes-out': { type: bytes, default: '0' },
    'local-address': option(ipv4Address),
    name: { type: text, required: true },
    password: { type: text, default: '', sensitive: true },
    profile: { type: reference('/ppp/profile'), default: '*0' },
    'remote-address': option(ipv4Address),
    'remote-ipv6-prefix': option(ipv6Network),
    routes: { type: text, default: '' },
    service: { type: word('any', 'async', 'l2tp', 'ovpn', 'pppoe', 'pptp', 'sstp'), default: 'any' },
  },
  collision: ({ name, service }, others) =>
    others.some(({ values }) => values['name'] === name && values['service'] === service)
      ? 'secret with the same name already exists'
      : undefined,
};

const readOnly = { type: text, access: 'read-only' } as const;

/** Connections that are up; nobody dials in over the simulated wires. */
export const pppActive: MenuDefinition = {
  path: '/ppp/active',
  kind: 'list',
  rows: 'read-only',
  fields: {
    address: readOnly,
    'caller-id': { type: macAddress, access: 'read-only' },
    encoding: readOnly,
    name: readOnly,
    radius: readOnly,
    service: readOnly,
    'session-id': readOnly,
    uptime: readOnly,
  },
};

/** Who decides about connections. */
export const pppAaa: MenuDefinition = {
  path: '/ppp/aaa',
  kind: 'singleton',
  noun: 'ppp aaa settings',
  fields: {
    accounting: { type: boolean, default: 'true' },
    'enable-ipv6-accounting': { type: boolean, default: 'false', since: '7.16' },
    'interim-update': { type: duration(), default: '0s' },
    'use-circuit-id-in-nas-port-id': { type: boolean, default: 'false' },
    'use-radius': { type: boolean, default: 'false' },
  },
};
