import { z } from 'zod';
import { RouterValues } from '../domain/change.ts';
import { canonicalAddress, notAServer, refused } from './addresses.ts';
import { sameValue } from './canonical.ts';
import { isNetwork, parsePrefix } from './prefixes.ts';
import type { RouterRecord } from './router.ts';
import { isDynamic } from './row-key.ts';
import { toBoolean, toFlag } from './values.ts';

/** What can be written of a route. */
export const WRITABLE_ROUTE_FIELDS = [
  'dst-address',
  'gateway',
  'blackhole',
  'routing-table',
  'distance',
  'scope',
  'target-scope',
  'pref-src',
  'check-gateway',
  'suppress-hw-offload',
  'vrf-interface',
  'comment',
] as const;

/** What is read of a route, besides. */
export const ROUTE_STATE_FIELDS = ['immediate-gw', 'active', 'dynamic', 'disabled', 'static'] as const;

/** One route as a plan keeps it. */
export const HeldRoute = z.strictObject({
  /** What can be written of it; most is hidden of one that is disabled. */
  values: RouterValues,
  /** Somebody configured it; otherwise the router learned or made it itself. */
  configured: z.boolean(),
  disabled: z.boolean(),
  active: z.boolean(),
  /** Where its packets really go, such as `10.0.0.1%ether1`; empty when that is not known. */
  via: z.string(),
});
export type HeldRoute = z.infer<typeof HeldRoute>;

export function heldRoute(row: RouterRecord): HeldRoute {
  const values: RouterValues = {};
  for (const field of WRITABLE_ROUTE_FIELDS) {
    const value = row[field];
    if (field === 'blackhole' ? toFlag(value) : value !== undefined && value !== '') values[field] = value ?? '';
  }
  // However a router shows that the flag is there.
  if ('blackhole' in values) values['blackhole'] = '';
  return {
    values,
    configured: !isDynamic(row),
    disabled: toBoolean(row['disabled']),
    active: toFlag(row['active']),
    via: row['immediate-gw'] ?? '',
  };
}

/** What tells one route from another: where to, which way, and in which table. */
export interface RouteName {
  destination: string;
  /** Left out for a route that throws packets away. */
  gateway?: string | undefined;
  table: string;
}

/** Whether the route is the named one. Of a disabled one the table may be hidden: then it may be. */
export function isNamed({ values, disabled }: HeldRoute, { destination, gateway, table }: RouteName): boolean {
  return (
    sameValue('dst-address', values['dst-address'], destination) &&
    sameValue('gateway', values['gateway'], gateway) &&
    (values['routing-table'] === table || (disabled && values['routing-table'] === undefined))
  );
}

/** A network that packets can be sent to, as callers name it; becomes its canonical form, with the length. */
export const DestinationText = z
  .string()
  .max(49)
  .check(refused(destinationProblem))
  .overwrite((text) => canonicalNetwork(text) ?? text);

function destinationProblem(text: string): string | null {
  const given = JSON.stringify(text.slice(0, 49));
  const prefix = parsePrefix(text);
  if (prefix === null) return `${given} is not a network such as "10.20.0.0/16" or "2001:db8::/32"`;
  if (!isNetwork(prefix)) return `${given} has bits behind its prefix length; give the network itself`;
  if (prefix.value === 0n) return null;
  const reason = notAServer(text.split('/')[0] ?? '');
  return reason === null ? null : `${given} ${reason}`;
}

function canonicalNetwork(text: string): string | null {
  const address = canonicalAddress(text.split('/')[0] ?? '');
  const prefix = parsePrefix(text);
  return address === null || prefix === null ? null : `${address}/${prefix.length}`;
}
