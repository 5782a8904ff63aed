import type { RouterValues, Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { additionOfRow, changeOfRow, removalOfRow, rowAfter, type RowWish } from '../row-steps.ts';
import type { DhcpLeasesState } from './lease-state.ts';
import type { DhcpLeasesInput, WantedLease } from './lease-wish.ts';
import { LEASE } from './service-state.ts';

type Rows = readonly RouterValues[];

/**
 * From the captured leases to the wanted ones: additions, then changes in an order in which each address is free when it
 * is given, then removals. A client that comes in place of one that goes takes over its lease.
 */
export function leaseSteps({ leases }: DhcpLeasesState, wish: DhcpLeasesInput): Step[] {
  const pairs = wish.leases.map((wanted) => ({ wanted, row: leaseOf(leases, wanted) }));
  const gone = new Set(pairs.flatMap(({ wanted, row }) => (wanted.state === 'absent' && row !== null ? [row] : [])));
  const additions: Step[] = [];
  const changes: Step[] = [];
  for (const { wanted, row } of pairs.filter((pair) => pair.wanted.state === 'present')) {
    const replaced = row === null ? [...gone].find(({ address }) => address === wanted.address) : undefined;
    if (replaced !== undefined) gone.delete(replaced);
    const held = row ?? replaced;
    if (held === undefined) additions.push(additionOf(wanted));
    else changes.push(...changeOf(held, wanted));
  }
  const removals = leases.filter((row) => gone.has(row)).map((row) => removalOfRow(LEASE, keyOf(row), row));
  const ordered = inFreeOrder(additions.reduce(rowsAfter, leases), changes);
  refuseTaken(leases, [...additions, ...ordered]);
  return [...additions, ...ordered, ...removals];
}

/** The lease that is meant; null when there is none. One at every server becomes that of the server named. */
export function leaseOf(leases: Rows, { macAddress, server, state }: WantedLease): RouterValues | null {
  const rows = leases.filter((row) => row['mac-address'] === macAddress);
  const own = server === undefined ? rows : rows.filter((row) => row['server'] === server);
  const general = state === 'present' ? rows.filter((row) => row['server'] === undefined) : [];
  const [row, ...others] = own.length > 0 ? own : general;
  if (others.length === 0) return row ?? null;
  throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `${macAddress} has ${others.length + 1} static leases${server === undefined ? '' : ` at ${server}`}.`,
    hint: 'Give the server of the one that is meant, or remove the others at the router.',
  });
}

/** By server where it has one: a client may have a lease at each. */
function keyOf(row: RouterValues): RouterValues {
  const mac = { 'mac-address': row['mac-address'] ?? '' };
  if (row['server'] !== undefined) return { ...mac, server: row['server'] };
  return row['address'] === undefined ? mac : { ...mac, address: row['address'] };
}

function additionOf(wanted: WantedLease): Step {
  if (wanted.address === undefined) {
    throw new AppError('DEVICE_ENTRY_MISSING', {
      message: `The router has no static lease of ${wanted.macAddress}, and to add it the plan must give address.`,
      hint: 'Give address, or leave such devices out.',
    });
  }
  const { macAddress, address, server, blocked } = wanted;
  const key = { 'mac-address': macAddress, ...(server === undefined ? { address } : { server }) };
  // Written out only where it is: some versions do not show it otherwise.
  return additionOfRow(LEASE, key, { ...settingsOf(wanted), 'block-access': blocked ? 'true' : undefined });
}

function changeOf(row: RouterValues, wanted: WantedLease): Step[] {
  const isReplaced = row['mac-address'] !== wanted.macAddress;
  const settings: RowWish = {
    ...settingsOf(wanted),
    // The identifier that the client before sent would keep the new one out.
    ...(isReplaced ? { 'mac-address': wanted.macAddress, 'client-id': row['client-id'] ? null : undefined } : {}),
  };
  const step = changeOfRow(LEASE, keyOf(row), row, settings);
  return step === null ? [] : [step];
}

function settingsOf({ address, server, leaseTimeSeconds, blocked, enabled, comment }: WantedLease): RowWish {
  return {
    address,
    server,
    'lease-time': leaseTimeSeconds === undefined ? undefined : `${leaseTimeSeconds}s`,
    'block-access': blocked === undefined ? undefined : String(blocked),
    disabled: enabled === undefined ? undefined : String(!enabled),
    comment: comment === '' ? null : comment,
  };
}

/** Two clients may pass an address on; two that swap theirs would each have to go first. */
function inFreeOrder(leases: Rows, changes: readonly Step[]): Step[] {
  const ordered: Step[] = [];
  const waiting = [...changes];
  let rows = leases;
  while (waiting.length > 0) {
    const free = waiting.findIndex((step) => holderOf(rows, step) === null);
    const [next] = waiting.splice(Math.max(free, 0), 1);
    if (next === undefined) break;
    rows = rowsAfter(rows, next);
    ordered.push(next);
  }
  return ordered;
}

function refuseTaken(leases: Rows, steps: readonly Step[]): void {
  let rows = leases;
  for (const step of steps) {
    const holder = holderOf(rows, step);
    if (holder !== null) {
      throw new AppError('CONFLICT', {
        message: `${holder['address']} is in the static lease of ${holder['mac-address']}.`,
        hint: 'Take another address; or give that client another one, or remove its lease, in a plan before.',
      });
    }
    rows = rowsAfter(rows, step);
  }
}

/** Another lease that has the address by the time of the step; disabled ones hold none. */
function holderOf(rows: Rows, step: Step): RouterValues | null {
  const own = rows.find((row) => isNamed(row, step));
  const wanted = step.op === 'add' ? step.values : own && rowAfter(own, step);
  if (wanted?.['address'] === undefined || wanted['disabled'] === 'true') return null;
  const holder = rows.find((row) => row !== own && row['disabled'] !== 'true' && row['address'] === wanted['address']);
  return holder ?? null;
}

function rowsAfter(rows: Rows, step: Step): RouterValues[] {
  if (step.op === 'add') return [...rows, step.values];
  return rows.map((row) => (isNamed(row, step) ? rowAfter(row, step) : row));
}

function isNamed(row: RouterValues, step: Step): boolean {
  if (step.op !== 'change') return false;
  return Object.entries(step.key).every(([field, value]) => row[field] === value);
}
