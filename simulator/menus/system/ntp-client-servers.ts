import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, host, integer, word } from '../../values/field-types.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

export const systemNtpClientServers: MenuDefinition = {
  path: '/system/ntp/client/servers',
  kind: 'list',
  noun: 'ntp server',
  fields: {
    address: { type: host, required: true },
    'auth-key': { type: word('none'), default: 'none' },
    comment,
    disabled,
    dynamic,
    iburst: { type: boolean, default: 'true' },
    'max-poll': { type: integer(3, 17), default: '10' },
    'min-poll': { type: integer(3, 17), default: '6' },
    'resolved-address': computed((item) => resolved(item.values['address'] ?? '')),
  },
  seed: () => [{ address: '0.pool.ntp.org' }, { address: '1.pool.ntp.org' }],
};

/** Names get an address of TEST-NET-3 (RFC 5737): stable, and plainly not a real one. */
function resolved(address: string): string {
  if (!/[a-z]/i.test(address) || address.includes(':')) return address;
  const sum = Buffer.from(address).reduce((total, byte) => (total * 31 + byte) % 254, 7);
  return `203.0.113.${sum + 1}`;
}
