import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeviceSession, type DeviceSession } from '../../../activities/routeros/device-session.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { startDevice, type SimulatedDevice } from './simulated-device.ts';

/** A menu that takes the same entry any number of times: only the client keeps natural keys unique. */
const MENU = '/ip/route';
const KEYS = ['10.71.0.0/16', '10.72.0.0/16', '10.73.0.0/16'];
const LIMITS = {
  headersTimeoutMs: 120,
  bodyTimeoutMs: 120,
  quietAfterTimeoutMs: 10,
  readBackoffMs: [5, 20, 60],
};

let device: SimulatedDevice;
let session: DeviceSession;

beforeAll(async () => {
  device = await startDevice({ http: true });
  session = createDeviceSession({ ...device.target, limits: { ...device.target.limits, ...LIMITS } });
});

afterAll(async () => {
  await session.close();
  await device.stop();
});

interface Write {
  op: 'add' | 'change' | 'remove';
  key: string;
  distance: string;
}

const write: fc.Arbitrary<Write> = fc.record({
  op: fc.constantFrom('add', 'change', 'remove'),
  key: fc.constantFrom(...KEYS),
  distance: fc.constantFrom('3', '4'),
});

const fault = fc.record({
  kind: fc.constantFrom('refuse', 'hang', 'drop_reply', 'error', 'close', 'auth', 'wrong_body', 'reboot', 'slow_body'),
  method: fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE', undefined),
  count: fc.integer({ min: 1, max: 6 }),
  probability: fc.constantFrom(1, 0.5),
});

const struckWrite = fc.record({ write, fault: fc.option(fault, { freq: 3 }) });

test('whatever is written and whatever fails: no key exists twice, and what is reported is what happened', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(struckWrite, { minLength: 1, maxLength: 8 }), async (writes) => {
      await empty();
      for (const { write: wanted, fault: struck } of writes) {
        const before = await held(wanted.key);
        await device.faults(struck ? [toFault(struck)] : []);
        const ended = await perform(session.router({ paths: [MENU], effect: 'write' }), wanted);
        await device.faults([]);
        const after = await held(wanted.key);
        expect(await duplicates(), 'no natural key exists twice').toEqual([]);
        if (ended === 'applied' || ended === 'unchanged') expect(after).toBe(wantedState(wanted));
        if (ended === 'unchanged' || ended === 'not_applied') expect(after).toBe(before);
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);

/** `applied`, `unchanged`, `unknown`, or `not_applied`, as the client claims. */
async function perform(router: Router, { op, key, distance }: Write): Promise<string> {
  const rowKey = { 'dst-address': key };
  try {
    if (op === 'add') {
      return (await router.add(MENU, { ...rowKey, gateway: '10.20.0.1', distance }, { key: rowKey })).outcome;
    }
    if (op === 'remove') return (await router.remove(MENU, rowKey)).outcome;
    return (await router.change(MENU, rowKey, { distance })).outcome;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'not_applied';
  }
}

function toFault({ kind, method, count, probability }: Record<string, unknown>): object {
  return {
    kind,
    count,
    probability,
    ...(kind === 'reboot' ? { latencyMs: 20 } : {}),
    ...(kind === 'slow_body' ? { latencyMs: 500 } : {}),
    ...(method === undefined ? {} : { match: { method } }),
  };
}

/** Distance of the key's route, asked at the router; null when there is none. */
async function held(key: string): Promise<string | null> {
  return (await ownRoutes()).find((row) => row['dst-address'] === key)?.['distance'] ?? null;
}

function wantedState({ op, distance }: Write): string | null {
  return op === 'remove' ? null : distance;
}

async function duplicates(): Promise<string[]> {
  const keys = (await ownRoutes()).map((row) => row['dst-address'] ?? '');
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

async function ownRoutes(): Promise<Record<string, string>[]> {
  const rows = (await device.menu(MENU)) as Record<string, string>[];
  return rows.filter((row) => KEYS.includes(row['dst-address'] ?? ''));
}

/** A clean start for every sequence, with a router that answers. */
async function empty(): Promise<void> {
  const router = session.router({ paths: [MENU], effect: 'write' });
  for (const key of KEYS) await router.remove(MENU, { 'dst-address': key });
  expect(await ownRoutes()).toEqual([]);
}
