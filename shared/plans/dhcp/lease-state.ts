import { z } from 'zod';
import type { RouterValues } from '../../domain/change.ts';
import { listAtMost } from '../../operations/list-at-most.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean, toList } from '../../routeros/values.ts';
import { heldRow } from '../row-steps.ts';
import type { DhcpLeasesInput } from './lease-wish.ts';
import { ADDRESS, LEASE, NETWORK, SERVER } from './service-state.ts';

/** All that can be written of a lease. */
export const LEASE_FIELDS = [
  'mac-address',
  'address',
  'server',
  'comment',
  'disabled',
  'address-lists',
  'agent-circuit-id',
  'agent-remote-id',
  'allow-dual-stack-queue',
  'always-broadcast',
  'block-access',
  'client-id',
  'dhcp-option',
  'dhcp-option-set',
  'insert-queue-before',
  'lease-time',
  'parent-queue',
  'queue-type',
  'rate-limit',
  'routes',
  'use-src-mac',
];

const Row = z.record(z.string(), z.string());

export const DhcpLeasesState = z.strictObject({
  /** Static leases of the clients and at the addresses asked for. */
  leases: z.array(Row),
  /** Addresses asked for that clients hold for a time. */
  lent: z.array(z.strictObject({ address: z.string(), macAddress: z.string() })),
  networks: z.array(z.strictObject({ address: z.string(), gateways: z.array(z.string()) })),
  /** With the addresses of the interface that a server answers on; none where a relay stands between. */
  servers: z.array(z.strictObject({ name: z.string(), interface: z.string(), addresses: z.array(z.string()) })),
  /** The router's own. */
  own: z.array(z.string()),
  /** Clients asked for, or at addresses asked for, that manage the router at this moment. */
  managers: z.array(z.string()),
});
export type DhcpLeasesState = z.output<typeof DhcpLeasesState>;

export async function captureLeases(
  router: Router,
  { leases: wishes }: DhcpLeasesInput,
  managersOf: (router: Router) => Promise<ReadonlySet<string>>,
): Promise<DhcpLeasesState> {
  const clients = new Set(wishes.map(({ macAddress }) => macAddress));
  const addresses = new Set(wishes.flatMap(({ address }) => address ?? []));
  const rows = await listAtMost(router, LEASE, {
    fields: [...LEASE_FIELDS, 'dynamic', 'active-address'],
    only: {},
    hint: 'Change static leases of a router with so many clients at the router.',
  });
  const isAsked = (row: RouterRecord): boolean => clients.has(macOf(row)) || addresses.has(row['address'] ?? '');
  const leases = rows.filter((row) => !isDynamic(row) && isAsked(row));
  const own = await router.list(ADDRESS, { fields: ['address', 'interface', 'disabled'] });
  const managers = await managersOf(router);
  return {
    leases: leases.map(heldLease).toSorted(inOrder),
    lent: rows
      .filter((row) => isDynamic(row) && addresses.has(row['address'] ?? ''))
      .map((row) => ({ address: row['address'] ?? '', macAddress: macOf(row) }))
      .toSorted(inOrder),
    networks: (await router.list(NETWORK, { fields: ['address', 'gateway'] }))
      .map((row) => ({ address: row['address'] ?? '', gateways: toList(row['gateway']) }))
      .toSorted(inOrder),
    servers: (await router.list(SERVER, { fields: ['name', 'interface', 'relay', 'dynamic'] }))
      .map((row) => ({
        name: row['name'] ?? '',
        interface: row['interface'] ?? '',
        addresses: isRelayed(row) ? [] : addressesOn(own, row['interface']),
      }))
      .toSorted(inOrder),
    own: own.map(({ address = '' }) => address.split('/')[0] ?? '').toSorted(),
    managers: leases
      .filter((row) => clients.has(macOf(row)))
      .flatMap((row) => row['active-address'] || row['address'] || [])
      .filter((address) => managers.has(address))
      .toSorted(),
  };
}

/** In canonical form: a lease at every server names none. */
function heldLease(row: RouterRecord): RouterValues {
  const { server = '', ...values } = heldRow(row, LEASE_FIELDS);
  const lease = { disabled: 'false', ...values, 'mac-address': macOf(row) };
  return server === '' || server === 'all' ? lease : { ...lease, server };
}

function macOf(row: RouterRecord): string {
  return (row['mac-address'] ?? '').toUpperCase();
}

function isRelayed({ relay }: RouterRecord): boolean {
  return relay !== undefined && relay !== '' && relay !== '0.0.0.0';
}

function addressesOn(rows: readonly RouterRecord[], name: string | undefined): string[] {
  return rows
    .filter((row) => row['interface'] === name && !toBoolean(row['disabled']))
    .map(({ address = '' }) => address)
    .toSorted();
}

function inOrder(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
