import { AppError } from '../../shared/errors/app-error.ts';
import {
  DEAD_MAN_PREFIX,
  deadManLines,
  deadManNames,
  deadManScripts,
  transactionOf,
} from '../../shared/routeros/dead-man-script.ts';
import { toSeconds } from '../../shared/routeros/durations.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { toList, toRequiredNumber } from '../../shared/routeros/values.ts';
import { assertTimersWork, CLOCK_MENUS, secondsUntilRun } from './dead-man-clock.ts';

/** Where the switch's entries are. */
export const SCHEDULER = '/system/scheduler';
const LOG = '/log';

/** The menus that arming and disarming touch. */
export const DEAD_MAN_MENUS: readonly string[] = [...CLOCK_MENUS, SCHEDULER, LOG];

/** A timer on the router itself that takes a change back unless it is told in time that all is well. */
export interface DeadManOrder {
  /** 4 to 32 lower-case letters and digits; names the entries, so that arming twice arms one. */
  transaction: string;
  /** Console commands that take the change back, in the order to run; each harmless where there is nothing to take back. */
  undo: readonly string[];
  /** 1 to 60. Whole, because the router prints its next run in seconds. */
  minutes: number;
}

export interface ArmedDeadMan {
  transaction: string;
  /** When the router will take the change back, as it prints its local time. */
  firesAt: string;
  /** Uptime when it was armed: one that is lower afterwards tells of a restart. */
  uptimeSeconds: number;
}

/**
 * `armed`: the entry waits. `fired`: the change was taken back or is being taken back now. `absent`: neither entry nor a
 * log line of it; it was never armed, was confirmed, somebody removed it, or the router restarted and lost its log.
 */
export type DeadManState = 'armed' | 'fired' | 'absent';

/** How far the next run may be from the wanted time; a slow router creates the entry and tells its time seconds apart. */
const NEXT_RUN_TOLERANCE_SECONDS = 30;

/** A write that starts with less time left could be made after its switch has fired, and then nothing would undo it. */
const LEAST_SECONDS_LEFT = 60;

/** What an entry needs for reading and writing configuration; the rest of its policies is what the account has. */
const NEEDED_POLICIES = ['read', 'write'] as const;

/**
 * Arms it and proves that it will run. Entries of the same transaction are replaced: nothing was written under them yet.
 * Fails with DEVICE_BUSY while the switch of another change waits, because it would take that one's values back over ours,
 * and with VERIFICATION_FAILED when one of the same transaction has fired already.
 */
export async function armDeadMan(router: Router, { transaction, undo, minutes }: DeadManOrder): Promise<ArmedDeadMan> {
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 60) {
    throw new AppError('VALIDATION_ERROR', { message: 'A dead-man switch waits 1 to 60 whole minutes.' });
  }
  const names = deadManNames(transaction);
  const scripts = deadManScripts(transaction, undo);
  await assertTimersWork(router);
  await clearLeftovers(router, transaction);
  // By its line in the log a later look would take the one that is armed now for fired.
  if (await logTells(router, transaction)) throw new AppError('VERIFICATION_FAILED', { message: FIRED_BEFORE });
  const { uptime } = await router.get('/system/resource');
  const comment = `guard of change ${transaction}`;
  try {
    // Without a start time the first run is one interval after the entry was made. No policies are named: the entry gets
    // those of the account, and naming one that the account lacks would be refused.
    await router.add(
      SCHEDULER,
      { name: names.timer, comment, interval: `${minutes}m`, 'on-event': scripts.timer },
      { key: { name: names.timer } },
    );
    await router.add(
      SCHEDULER,
      { name: names.startup, comment, interval: '0s', 'start-time': 'startup', 'on-event': scripts.startup },
      { key: { name: names.startup } },
    );
    const firesAt = await provenToRun(router, names, minutes);
    return { transaction, firesAt, uptimeSeconds: toSeconds(uptime) ?? 0 };
  } catch (error) {
    // What cannot be removed now is harmless, since nothing was written, and is found as a leftover by the next change.
    await removeEntries(router, names).catch(() => undefined);
    throw error;
  }
}

const FIRED_BEFORE =
  'The dead-man switch took so long to be armed that an earlier attempt of it has fired; nothing was written.';

/**
 * Confirms a change that proved well. `confirmed` only when the timer's entry was there and was removed: an entry removes
 * itself before it takes anything back. Otherwise the state of the device has to be read: `fired`, or `absent` when
 * nothing tells what became of it.
 */
export async function disarmDeadMan(
  router: Router,
  transaction: string,
): Promise<{ outcome: 'confirmed' | Exclude<DeadManState, 'armed'> }> {
  const names = deadManNames(transaction);
  // The one that waits for a restart goes first: left behind it would undo a good change in the far future, whereas the
  // timer would do so within minutes, while whoever is responsible still looks.
  await router.remove(SCHEDULER, { name: names.startup });
  const { outcome } = await router.remove(SCHEDULER, { name: names.timer });
  const hasFired = await logTells(router, transaction);
  if (hasFired) return { outcome: 'fired' };
  return { outcome: outcome === 'applied' ? 'confirmed' : 'absent' };
}

/** What became of it. With what arming answered, a restart in between is told as well. */
export async function readDeadMan(
  router: Router,
  transaction: string,
): Promise<{ state: DeadManState; uptimeSeconds: number }> {
  const { timer } = deadManNames(transaction);
  const entries = await deadManEntries(router);
  const entry = entries.find(({ name }) => name === timer);
  const { uptime } = await router.get('/system/resource');
  const uptimeSeconds = toSeconds(uptime) ?? 0;
  if (entry && toRequiredNumber(entry['run-count'] ?? '0') === 0) return { state: 'armed', uptimeSeconds };
  const hasFired = entry !== undefined || (await logTells(router, transaction));
  return { state: hasFired ? 'fired' : 'absent', uptimeSeconds };
}

/** Fails with VERIFICATION_FAILED unless the switch waits and leaves enough time for another write. */
export async function assertArmed(router: Router, transaction: string): Promise<void> {
  const { timer } = deadManNames(transaction);
  const entry = (await deadManEntries(router)).find(({ name }) => name === timer);
  const seconds = entry && mayStillRun(entry) ? await secondsUntilRun(router, entry) : null;
  if (seconds !== null && seconds >= LEAST_SECONDS_LEFT) return;
  throw new AppError('VERIFICATION_FAILED', {
    message:
      'The dead-man switch of the change no longer waits on the device, or not for long; nothing more was written.',
  });
}

/** Switches on the router, of whatever change. */
export async function findDeadMen(router: Router): Promise<{ transaction: string; waits: boolean }[]> {
  const entries = await deadManEntries(router);
  const transactions = [...new Set(entries.map(({ name = '' }) => transactionOf(name) ?? ''))];
  return transactions.map((transaction) => ({
    transaction,
    waits: entries.some((entry) => entry['name'] === deadManNames(transaction).timer && mayStillRun(entry)),
  }));
}

/**
 * Removes the entries that earlier changes left behind and that wait for a restart only, and those of this one. Fails
 * with DEVICE_BUSY while one of another change still has its time to run.
 */
export async function clearLeftovers(router: Router, transaction: string): Promise<string[]> {
  const found = await assertNoneWaits(router, transaction);
  for (const left of found) await removeEntries(router, deadManNames(left.transaction));
  return found.map((left) => left.transaction).filter((left) => left !== transaction);
}

/**
 * Fails with DEVICE_BUSY while the switch of a change other than this one waits: it would write the values from before
 * that change over those of the next. Returns all switches.
 */
export async function assertNoneWaits(
  router: Router,
  transaction?: string,
): Promise<{ transaction: string; waits: boolean }[]> {
  const found = await findDeadMen(router);
  const waiting = found.find((other) => other.waits && other.transaction !== transaction);
  if (!waiting) return found;
  throw new AppError('DEVICE_BUSY', {
    message: 'The dead-man switch of an earlier change still waits on the device and would take that change back.',
    hint: `Repeat the call when it has run, or remove the entry ${deadManNames(waiting.transaction).timer}.`,
    details: { transaction: waiting.transaction },
  });
}

async function provenToRun(
  router: Router,
  names: { timer: string; startup: string },
  minutes: number,
): Promise<string> {
  const entries = await deadManEntries(router);
  const timer = entries.find(({ name }) => name === names.timer);
  const startup = entries.find(({ name }) => name === names.startup);
  if (!timer || !startup) throw notProven('its entries are not there');
  if ([timer, startup].some((entry) => entry['disabled'] === 'true')) throw notProven('its entries are disabled');
  const policies = toList(timer['policy']);
  const lacking = NEEDED_POLICIES.filter((policy) => !policies.includes(policy));
  if (lacking.length > 0) {
    throw new AppError('DEVICE_PERMISSION_DENIED', {
      message: `A scheduler of the stored user lacks the policies ${lacking.join(', ')}, so a change could not be guarded.`,
    });
  }
  const seconds = await secondsUntilRun(router, timer);
  if (seconds === null || Math.abs(seconds - minutes * 60) > NEXT_RUN_TOLERANCE_SECONDS) {
    throw notProven(`it would run ${seconds === null ? 'never' : `in ${seconds} s`} instead of in ${minutes} min`);
  }
  return timer['next-run'] ?? '';
}

function notProven(reason: string): AppError {
  return new AppError('VERIFICATION_FAILED', { message: `The dead-man switch could not be armed: ${reason}.` });
}

async function removeEntries(router: Router, { timer, startup }: { timer: string; startup: string }): Promise<void> {
  await router.remove(SCHEDULER, { name: startup });
  await router.remove(SCHEDULER, { name: timer });
}

async function deadManEntries(router: Router): Promise<RouterRecord[]> {
  const fields = ['name', 'next-run', 'run-count', 'policy', 'disabled'];
  const rows = await router.list(SCHEDULER, { fields });
  return rows.filter(({ name = '' }) => name.startsWith(DEAD_MAN_PREFIX) && transactionOf(name) !== null);
}

function mayStillRun(entry: RouterRecord): boolean {
  return entry['disabled'] !== 'true' && entry['next-run'] !== undefined;
}

async function logTells(router: Router, transaction: string): Promise<boolean> {
  const { fired } = deadManLines(transaction);
  const lines = await router.list(LOG, { fields: ['message'] });
  return lines.some(({ message }) => message === fired);
}
