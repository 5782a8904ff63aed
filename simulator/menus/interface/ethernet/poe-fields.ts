import type { Field, RouterProfile } from '../../../engine/definition.ts';
import { boolean, duration, integer, ipv4Address, word } from '../../../values/field-types.ts';
import { hasPoweredPorts } from '../port-hardware.ts';

const SETTINGS: Readonly<Record<string, Field>> = {
  'poe-lldp-enabled': { type: boolean, default: 'false' },
  'poe-out': { type: word('auto-on', 'forced-on', 'off'), default: 'auto-on' },
  'poe-priority': { type: integer(0, 99), default: '10' },
  'poe-voltage': { type: word('auto', 'low', 'high'), default: 'auto' },
  'power-cycle-interval': { type: duration(0, Infinity, ['none']), default: 'none' },
  'power-cycle-ping-address': { type: ipv4Address, canUnset: true },
  'power-cycle-ping-enabled': { type: boolean, default: 'false' },
  'power-cycle-ping-timeout': { type: duration(), default: '0s' },
};

const available = ({ board }: RouterProfile): boolean => hasPoweredPorts(board);

/** Settings of ports that give power, on boards that have such. */
export const POE_FIELDS: Readonly<Record<string, Field>> = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, field]) => [name, { ...field, available }]),
);
