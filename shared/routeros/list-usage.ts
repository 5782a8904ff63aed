import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { findManagementPath } from './management-path.ts';
import { parsePrefix, isWithin } from './prefixes.ts';
import type { Router, RouterRecord } from './router.ts';
import { toBoolean } from './values.ts';

type Family = 'ipv4' | 'ipv6';

/** Rule menus that decide what reaches a router itself. */
export const RULE_MENUS = {
  ipv4: ['/ip/firewall/filter', '/ip/firewall/raw'],
  ipv6: ['/ipv6/firewall/filter', '/ipv6/firewall/raw'],
} as const satisfies Record<Family, readonly string[]>;

/**
 * What rules make of being on an address list, for traffic of the router itself; traffic that is only forwarded cuts
 * nobody off who manages it.
 */
export const ListUsage = z.strictObject({
  /** Rules stop what is listed, or let through only what is not. */
  stopsListed: z.boolean(),
  /** Rules let through what is listed, or stop what is not. */
  admitsListed: z.boolean(),
  /** Other rules of chains that the router's own traffic takes look at it, such as jumps. */
  isLookedAt: z.boolean(),
  /** Addresses that the router is managed from and by; null when they could not be told, or no such rule looks at the list. */
  managers: z.array(z.string()).nullable(),
});
export type ListUsage = z.infer<typeof ListUsage>;

const FIELDS = ['chain', 'action', 'src-address-list', 'dst-address-list', 'disabled'];
const STOPS: ReadonlySet<string> = new Set(['drop', 'reject', 'tarpit']);
const ADMITS: ReadonlySet<string> = new Set(['accept']);
/** What only looks on. */
const HARMLESS: ReadonlySet<string> = new Set(['log', 'passthrough']);

/** Reads how the rules of one family use a list; the way of management only when it depends on the list. */
export async function readListUsage(router: Router, family: Family, list: string): Promise<ListUsage> {
  const uses: { chain: string; action: string; isNegated: boolean }[] = [];
  for (const menu of RULE_MENUS[family]) {
    const rows = await router.list(menu, { fields: FIELDS });
    uses.push(...rows.flatMap((row) => usesOf(row, list)));
  }
  const own = uses.filter(({ chain, action }) => chain !== 'forward' && !HARMLESS.has(action));
  const usage = {
    stopsListed: own.some(({ action, isNegated }) => (isNegated ? ADMITS : STOPS).has(action)),
    admitsListed: own.some(({ action, isNegated }) => (isNegated ? STOPS : ADMITS).has(action)),
    isLookedAt: own.some(({ action }) => !STOPS.has(action) && !ADMITS.has(action)),
  };
  return { ...usage, managers: own.length === 0 ? null : await managersOf(router) };
}

function usesOf(row: RouterRecord, list: string): { chain: string; action: string; isNegated: boolean }[] {
  if (toBoolean(row['disabled'])) return [];
  const { chain = '', action = 'accept' } = row;
  return [row['src-address-list'], row['dst-address-list']]
    .filter((text) => text === list || text === `!${list}`)
    .map((text) => ({ chain, action, isNegated: text !== list }));
}

async function managersOf(router: Router): Promise<string[] | null> {
  try {
    const { addresses, peers } = await findManagementPath(router);
    return [...new Set([...addresses, ...peers])].sort();
  } catch (error) {
    // That nothing tells is an answer here: whoever approves is told.
    if (error instanceof AppError && error.code === 'UNSAFE_OPERATION') return null;
    throw error;
  }
}

/** Why a list may not come to hold `after` instead of `before`, as a sentence; null when nobody is cut off by it. */
export function lockoutBy(
  { stopsListed, admitsListed, managers }: ListUsage,
  list: string,
  { before, after }: { before: readonly string[]; after: readonly string[] },
): string | null {
  for (const address of managers ?? []) {
    const [was, willBe] = [holding(before, address), holding(after, address)];
    if (stopsListed && was === null && willBe !== null) {
      return `${willBe} holds ${address}, by which the router is managed, and rules stop what is on ${list}`;
    }
    if (admitsListed && was !== null && willBe === null) {
      return `${was} holds ${address}, by which the router is managed, and rules let through only what is on ${list}`;
    }
  }
  return null;
}

/** The first of the entries that an address is in; ranges and names hold none that could be told. */
function holding(entries: readonly string[], address: string): string | null {
  const found = entries.find((entry) => {
    const prefix = parsePrefix(entry);
    return prefix !== null && isWithin(address, prefix);
  });
  return found ?? null;
}
