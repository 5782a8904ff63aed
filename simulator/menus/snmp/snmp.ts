import { isIPv4, isIPv6 } from 'node:net';
import type { FieldType, MenuDefinition } from '../../engine/definition.ts';
import { invalidValue, missingArgument, noMatch } from '../../engine/router-error.ts';
import { addressList, boolean, integer, listOf, reference, text, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';

/** MikroTik's number in front of every engine id. */
const ENGINE_ID = '80003a8c04';

const address: FieldType = {
  kind: 'address',
  parse: (input, field) => {
    if (!isIPv4(input) && !isIPv6(input)) throw invalidValue(field);
    return input;
  },
};

/** Interfaces by name, or all of them. */
const interfaceNames: FieldType = {
  kind: 'list',
  parse: (input, field, router) => {
    const names = input === '' ? [] : input.split(',');
    const known = new Set(router.items('/interface').map((item) => item.values['name'] ?? ''));
    if (!names.every((name) => name === 'all' || known.has(name))) throw noMatch(field);
    return input;
  },
};

const GENERATORS = ['interfaces', 'start-trap', 'temp-exception'];

/** The SNMP agent: how it is set; it answers nobody. */
export const snmp: MenuDefinition = {
  path: '/snmp',
  kind: 'singleton',
  noun: 'snmp settings',
  fields: {
    contact: { type: text, default: '' },
    enabled: { type: boolean, default: 'false' },
    'engine-id': computed((item) => `${ENGINE_ID}${hex(item.values['engine-id-suffix'] ?? '')}`),
    'engine-id-suffix': { type: text, default: '' },
    location: { type: text, default: '' },
    'src-address': { type: address, default: '::' },
    'trap-community': { type: reference('/snmp/community'), default: '*0' },
    'trap-generators': { type: listOf((member) => GENERATORS.includes(member)), default: 'temp-exception' },
    'trap-interfaces': { type: interfaceNames, default: '' },
    'trap-target': { type: addressList, default: '' },
    'trap-version': { type: integer(1, 3), default: '1' },
    vrf: { type: word('main'), default: 'main' },
  },
  commands: {
    'send-trap': {
      policy: 'write',
      parameters: ['oid', 'type', 'value'],
      run: (args) => {
        if (!args.has('oid')) throw missingArgument('oid');
        return { kind: 'done' };
      },
    },
  },
};

function hex(suffix: string): string {
  return Buffer.from(suffix, 'utf8').toString('hex');
}
