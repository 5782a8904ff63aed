import type { RouterValues, Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { parseAddress } from '../../routeros/ip-text.ts';
import { addressesOf } from '../../routeros/ipv4-ranges.ts';
import { isWithin, parsePrefix } from '../../routeros/prefixes.ts';
import { rowAfter } from '../row-steps.ts';
import type { DhcpLeasesState } from './lease-state.ts';

/** Refuses leases that their client could not use, or that take an address from somebody. Pure. */
export function refuseUnsafeLeases(state: DhcpLeasesState, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.op !== 'add' && step.op !== 'change') continue;
    const before = step.op === 'add' ? {} : heldBy(state, step.key);
    const row = step.op === 'add' ? step.values : rowAfter(before, step);
    refuseServer(state, row);
    if (row['address'] !== before['address'] || row['server'] !== before['server']) refuseAddress(state, row);
    if (step.op === 'change' && row['block-access'] === 'true' && isManager(state, before)) {
      throw unsafe(
        `${before['mac-address']} is managing the router at this moment; blocked, it could not any more.`,
        'Manage the router from another machine first, or make the change at the router.',
      );
    }
  }
}

/** Whether the client of a lease manages the router. */
export function isManager({ managers }: DhcpLeasesState, row: RouterValues): boolean {
  return row['address'] !== undefined && managers.includes(row['address']);
}

export function heldBy({ leases }: DhcpLeasesState, key: RouterValues): RouterValues {
  return leases.find((row) => Object.entries(key).every(([field, value]) => row[field] === value)) ?? {};
}

function refuseServer({ servers }: DhcpLeasesState, { server }: RouterValues): void {
  if (server === undefined || servers.some(({ name }) => name === server)) return;
  throw new AppError('DEVICE_REFERENCE_MISSING', {
    message: `The router has no DHCP server ${JSON.stringify(server)}.`,
    hint: 'Leave such devices out, or name one that all of them have; list_dhcp_servers shows them.',
  });
}

function refuseAddress({ networks, servers, own, lent }: DhcpLeasesState, row: RouterValues): void {
  const { address = '', server: serverName, 'mac-address': mac } = row;
  // The name of a pool.
  if (parseAddress(address) === null) return;
  const around = networks.filter((network) => isIn(address, network.address));
  if (around.length === 0) {
    throw unsafe(
      `${address} is in no DHCP network; the client would learn no gateway.`,
      'Take an address of a network that list_dhcp_servers shows, or add the network first.',
    );
  }
  const server = servers.find(({ name }) => name === serverName);
  if (server !== undefined && server.addresses.length > 0 && !server.addresses.some((one) => isIn(address, one))) {
    throw unsafe(
      `${address} is outside of the networks of ${JSON.stringify(server.interface)}, on which the DHCP server ${server.name} answers.`,
      'Take an address of its network, or name another server.',
    );
  }
  const taken = around.find((network) => isReserved(address, network.address) || network.gateways.includes(address));
  if (taken !== undefined || own.includes(address)) {
    throw unsafe(
      own.includes(address)
        ? `${address} is an address of the router itself.`
        : `${address} is the gateway, or the first or last address, of ${taken?.address}.`,
      'Take another address.',
    );
  }
  const holder = lent.find((lease) => lease.address === address && lease.macAddress !== mac);
  if (holder === undefined) return;
  throw new AppError('CONFLICT', {
    message: `${address} is lent to ${holder.macAddress} at this moment; two clients would have it.`,
    hint: 'Take another address, or wait until that lease has ended; list_dhcp_leases shows until when.',
  });
}

function isIn(address: string, network: string): boolean {
  const prefix = parsePrefix(network);
  return prefix !== null && isWithin(address, prefix);
}

function isReserved(address: string, network: string): boolean {
  const prefix = parsePrefix(network);
  if (prefix === null || prefix.length > 30) return false;
  const { first, last } = addressesOf(prefix);
  const value = parseAddress(address)?.value;
  return value === first || value === last;
}

function unsafe(message: string, hint: string): AppError {
  return new AppError('UNSAFE_OPERATION', { message, hint });
}
