import { z } from 'zod';
import { CommentInput } from '../../operations/comment-input.ts';
import { absentWithMore } from '../wish-rules.ts';
import { Ipv4Address, ObjectName } from './service-wish.ts';

const MOST_LEASES = 200;
const LEAST_LEASE_SECONDS = 60;
const MONTH_SECONDS = 2_592_000;

const MacAddress = z
  .string()
  .regex(/^[\da-f]{2}([:-]?[\da-f]{2}){5}$/i, 'must be a MAC address such as "00:1B:21:0A:0B:0C"')
  .overwrite((text) => (text.toUpperCase().match(/[\dA-F]{2}/g) ?? []).join(':'));

const WantedLease = z.strictObject({
  macAddress: MacAddress.describe('Of the client'),
  server: ObjectName.optional().describe(
    'The DHCP server it asks; left out: the one lease of this MAC address, or a new one at every server',
  ),
  address: Ipv4Address.optional().describe('A new lease needs it'),
  leaseTimeSeconds: z.int().min(LEAST_LEASE_SECONDS).max(MONTH_SECONDS).optional(),
  blocked: z.boolean().optional().describe('true: the client gets no address'),
  enabled: z.boolean().optional().describe('A new lease is, unless told'),
  comment: CommentInput.optional().describe('Left out: stays as it is; "" takes it away'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it shall be there'),
});
export type WantedLease = z.output<typeof WantedLease>;

export const DhcpLeasesInput = z.strictObject({
  leases: z
    .array(WantedLease)
    .min(1, 'give at least one lease')
    .max(MOST_LEASES)
    .describe(
      'Static leases, 1 to 200; others and dynamic ones stay. A client that takes over the address of a removed one takes over its lease',
    ),
});
export type DhcpLeasesInput = z.output<typeof DhcpLeasesInput>;

/** What a wish says against itself, as a sentence; null when nothing. */
export function refuseLeases({ leases }: DhcpLeasesInput): string | null {
  const clients = new Map<string, { index: number; server: string | undefined }[]>();
  const addresses = new Map<string, number>();
  for (const [index, { macAddress, server, address }] of leases.entries()) {
    const before = clients.get(macAddress) ?? [];
    const same = before.find((one) => one.server === server || one.server === undefined || server === undefined);
    if (same) return `leases[${index}] is for the same client as leases[${same.index}]`;
    clients.set(macAddress, [...before, { index, server }]);
    if (address === undefined) continue;
    const other = addresses.get(address);
    if (other !== undefined) return `leases[${index}] has the address of leases[${other}]`;
    addresses.set(address, index);
  }
  return absentWithMore('leases', leases, ['macAddress', 'server']);
}
