import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeviceSession, type DeviceSession } from '../../../activities/routeros/device-session.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { startDevice, type SimulatedDevice } from './simulated-device.ts';

/** An ordered menu that takes the same entry any number of times: only the client keeps natural keys unique. */
const MENU = '/ip/firewall/mangle';
const KEYS = ['one', 'two', 'three'];
const LIMITS = {
  headersTimeoutMs: 150,
  bodyTimeoutMs: 150,
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
  op: 'add' | 'change' | 'remove' | 'move';
  key: string;
  source: string;
  /** Where an added or moved entry shall stand; null is the end. */
  place: string | null;
}

const write: fc.Arbitrary<Write> = fc.record({
  op: fc.constantFrom('add', 'add', 'change', 'remove', 'move'),
  key: fc.constantFrom(...KEYS),
  source: fc.constantFrom('10.1.0.0/16', '10.2.0.0/16'),
  place: fc.constantFrom(null, ...KEYS),
});

const fault = fc.record({
  kind: fc.constantFrom('refuse', 'hang', 'drop_reply', 'error', 'close', 'auth', 'wrong_body', 'reboot', 'slow_body'),
  on: fc.constantFrom('write', 'write', 'reads', 'everything'),
  count: fc.integer({ min: 1, max: 6 }),
  probability: fc.constantFrom(1, 0.5),
});
type Struck = typeof fault extends fc.Arbitrary<infer Value> ? Value : never;

const struckWrite = fc.record({ write, fault: fc.option(fault, { freq: 3 }) });

test('whatever is written and whatever fails: no key exists twice, and what is reported is what happened', async () => {
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(struckWrite, { minLength: 1, maxLength: 8 }), async (writes) => {
      await empty();
      for (const { write: wanted, fault: struck } of writes) {
        const before = await entries();
        await device.faults(struck ? [toFault(struck, wanted)] : []);
        const ended = await perform(session.router({ paths: [MENU], effect: 'write' }), wanted);
        await device.faults([]);
        const after = await entries();
        ends.add(ended);
        const keys = after.map(({ key }) => key);
        expect(new Set(keys).size, 'no natural key exists twice').toBe(keys.length);
        if (ended === 'applied' || ended === 'unchanged') expect(isAsWanted(after, wanted)).toBe(true);
        if (ended === 'unchanged' || ended === 'not_applied') expect(after).toEqual(before);
      }
    }),
    { numRuns: 30 },
  );
  expect([...ends], 'the sequences met every end that a router can cause by itself').toEqual(
    expect.arrayContaining(['applied', 'unchanged', 'not_applied']),
  );
}, 120_000);

/** `applied`, `unchanged`, `unknown`, or `not_applied`, as the client claims. */
async function perform(router: Router, { op, key, source, place }: Write): Promise<string> {
  const row = { comment: key };
  const neighbour = place === null || place === key ? null : { comment: place };
  const values = { chain: 'prerouting', action: 'accept', 'src-address': source, ...row };
  try {
    if (op === 'add') return (await router.add(MENU, values, { key: row, placeBefore: neighbour })).outcome;
    if (op === 'remove') return (await router.remove(MENU, row)).outcome;
    if (op === 'move') return (await router.move(MENU, row, neighbour)).outcome;
    return (await router.change(MENU, row, { 'src-address': source })).outcome;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'not_applied';
  }
}

function toFault({ kind, on, count, probability }: Struck, { op }: Write): object {
  const match = { write: { method: METHODS[op] }, reads: { method: 'GET' }, everything: undefined }[on];
  const latencyMs = { reboot: 20, slow_body: 500 }[kind as string];
  return { kind, count, probability, ...(match ? { match } : {}), ...(latencyMs === undefined ? {} : { latencyMs }) };
}

const METHODS = { add: 'PUT', change: 'PATCH', remove: 'DELETE', move: 'POST' } as const;

interface Entry {
  key: string;
  source: string;
}

/** In order, asked at the router. */
async function entries(): Promise<Entry[]> {
  const rows = (await device.menu(MENU)) as Record<string, string>[];
  return rows
    .filter(({ comment }) => KEYS.includes(comment ?? ''))
    .map((row) => ({ key: row['comment'] ?? '', source: row['src-address'] ?? '' }));
}

function isAsWanted(after: readonly Entry[], { op, key, source, place }: Write): boolean {
  const at = after.findIndex((entry) => entry.key === key);
  if (op === 'remove') return at === -1;
  if (op !== 'move') return after[at]?.source === source;
  return at !== -1 && (after[at + 1]?.key ?? null) === (place === key ? null : place);
}

/** A clean start for every sequence, with a router that answers. */
async function empty(): Promise<void> {
  const router = session.router({ paths: [MENU], effect: 'write' });
  for (const comment of KEYS) await router.remove(MENU, { comment });
  expect(await entries()).toEqual([]);
}
