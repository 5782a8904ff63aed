import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { readHealth } from '../../../../activities/device/health.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import type { Router } from '../../../../shared/routeros/router.ts';
import type { Lane } from './lane.ts';
import { MISHAPS, type Mishap } from './mishaps.ts';
import type { RouterProcess } from './router-process.ts';

export const HOURS_OF_A_DAY = 24;
export const MINUTES_OF_A_DAY = 60 * HOURS_OF_A_DAY;
export const ROWS = '/ip/firewall/address-list';
export const LIST = 'soak';
export const PATHS = ['/system/resource', '/interface', '/ip/service', '/export', ROWS];

/** What a day was like for the client. */
export interface Day {
  /** With what the calls ended that did not end well, by mishap and as often as it happened. */
  failures: { mishap: Mishap; codes: string[] }[];
  /** Every answer to what the router is, as JSON. */
  facts: Set<string>;
  /** Addresses that were added and not removed. */
  kept: string[];
  removed: string[];
  /** Connections opened only to read over. */
  freshReads: number;
}

/**
 * One round a minute: a look at the router's health, and now and then a list, writes, what only SSH can do, a mishap with
 * what comes after it, and the end of all connections. A call may fail only in the round of a mishap, and not twice.
 */
export async function liveDay(
  simulated: RouterProcess,
  lane: Lane,
  at: { minute: (minute: number, isEventful: boolean) => void; hour: (hour: number) => Promise<void> },
): Promise<Day> {
  const day: Day = { failures: [], facts: new Set(), kept: [], removed: [], freshReads: 0 };
  for (let minute = 1; minute <= MINUTES_OF_A_DAY; minute++) {
    await simulated.passMinute();
    const mishap = minute % 60 === 0 ? (MISHAPS[(minute / 60 - 1) % MISHAPS.length] ?? null) : null;
    at.minute(minute, mishap !== null);
    const codes: string[] = [];
    const takeBack = mishap ? await strike(simulated, lane, mishap) : null;

    const insist = async <T>(call: (router: Router) => Promise<T>): Promise<T> => {
      try {
        return await call(lane.router());
      } catch (error) {
        if (!takeBack || !(error instanceof AppError)) throw error;
        codes.push(error.code);
        await takeBack();
        await answers(lane);
        return call(lane.router());
      }
    };

    await insist(readHealth);
    if (minute % 5 === 0) await insist((router) => router.list('/interface', { fields: ['name', 'type', 'running'] }));
    if (minute % 15 === 0) await writeRow(insist, minute / 15, day);
    if (minute % 30 === 0) {
      await insist((router) => router.inspectServices());
      await insist((router) => router.exportConfiguration({ format: 'terse' }));
      day.facts.add(JSON.stringify(await insist((router) => router.facts())));
    }
    if (mishap) {
      if ((await simulated.faultsLeft()) > 0) throw new Error(`${mishap.name}: the fault met no request`);
      day.failures.push({ mishap, codes });
    }
    if (minute % 240 === 0) {
      const rows = await lane.fresh((router) => router.list(ROWS, { where: { list: LIST }, fields: ['address'] }));
      day.freshReads += 1;
      expect(rows.map((row) => row['address'])).toEqual(day.kept);
      await lane.reopen();
    }
    if (minute % 60 === 0) await at.hour(minute / 60);
  }
  return day;
}

/** Adds a row, changes it and mostly removes it again; each insisted upon until the router holds it. */
async function writeRow(
  insist: <T>(call: (router: Router) => Promise<T>) => Promise<T>,
  number: number,
  day: Day,
): Promise<void> {
  const key = { list: LIST, address: `192.0.2.${number}` };
  await insist((router) => router.add(ROWS, { ...key, comment: 'new' }, { key }));
  await insist((router) => router.change(ROWS, key, { comment: 'seen' }));
  // Every fourth comes in the round of a mishap, which also strikes removals.
  const isKept = number % 4 === 1;
  if (!isKept) await insist((router) => router.remove(ROWS, key));
  (isKept ? day.kept : day.removed).push(key.address);
}

/** Returns what takes it back where it lasts. */
async function strike(simulated: RouterProcess, lane: Lane, { faults, event }: Mishap): Promise<() => Promise<void>> {
  switch (event) {
    case 'power off':
      await simulated.power('off');
      return () => simulated.power('on');
    case 'port closed':
      await simulated.faults([{ kind: 'refuse' }]);
      return () => simulated.faults([]);
    case 'new certificate': {
      const fingerprint = await simulated.renewCertificate();
      return () => lane.reopen(fingerprint);
    }
    default:
      await simulated.faults(faults ?? []);
      return () => Promise.resolve();
  }
}

/** Waits until the router answers again, and the lane lets anybody ask. */
async function answers(lane: Lane): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await readHealth(lane.router());
      return;
    } catch (error) {
      if (!(error instanceof AppError) || attempt === ATTEMPTS) throw error;
      await delay(20);
    }
  }
}

/** How often a router is asked that is to come back. */
const ATTEMPTS = 500;
