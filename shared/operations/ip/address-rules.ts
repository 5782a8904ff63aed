import { AppError } from '../../errors/app-error.ts';
import { managementUnknown } from '../../routeros/management-path.ts';
import { isWithin, overlaps, parsePrefix } from '../../routeros/prefixes.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toFlag } from '../../routeros/values.ts';

/** Two ways to the same addresses: packets would take either, and answers the other. */
export function refuseOverlap(rows: readonly RouterRecord[], address: string): void {
  const wanted = parsePrefix(address);
  const inTheWay = rows.find((row) => {
    const prefix = parsePrefix(row['address'] ?? '');
    return !toBoolean(row['disabled']) && wanted !== null && prefix !== null && overlaps(wanted, prefix);
  });
  if (!inTheWay) return;
  throw new AppError('CONFLICT', {
    message: `${address} overlaps with the network of an address that the router has already.`,
    hint: 'Call list_ip_addresses and take an address outside of its networks.',
  });
}

export function refusePort(carrier: RouterRecord): void {
  if (!toFlag(carrier['slave'])) return;
  throw new AppError('CONFLICT', {
    message:
      'This interface is a port of a bridge or bond; packets come to the bridge or bond, where the address belongs.',
    hint: 'Add the address there; get_interface tells which it is.',
  });
}

/** `peers` are those who manage the router, what lies on the way to them, and the address it is reached under. */
export function refuseCoveringManagement(address: string, peers: readonly string[]): void {
  const network = parsePrefix(address);
  if (network === null || !peers.some((peer) => isWithin(peer, network))) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `The network of ${address} would hide those who manage the router, or the way to them.`,
    hint: 'Take another network, or a longer prefix.',
  });
}

/** `own` are the router's addresses that managers talk to; without any it might be this one, such as that of a loopback. */
export function refuseCarryingManagement(address: string, own: readonly string[], peers: readonly string[]): void {
  if (own.length === 0) throw managementUnknown();
  const network = parsePrefix(address);
  if (![...own, ...peers].some((peer) => network !== null && isWithin(peer, network))) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `The network of ${address} carries the connection by which the router is managed; removing it would cut that.`,
    hint: 'Manage the router under another address first, or make the change at the router.',
  });
}

export function leasedAddress(): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: 'The router got this address itself, for example by DHCP, so it cannot be removed.',
    hint: 'Release the lease or disable the client at the router.',
  });
}
