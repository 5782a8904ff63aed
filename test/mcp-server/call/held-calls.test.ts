import { expect, it, onTestFinished } from 'vitest';
import { createHeldCalls, type CallFacts, type Work } from '../../../mcp-server/call/held-calls.ts';
import { createKeptCalls } from '../../../mcp-server/call/kept-calls.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';

const FACTS: CallFacts = {
  callId: 'call-1',
  sub: 'ann',
  action: 'get_dns_status',
  readOnly: true,
  argumentsDigest: 'd',
  idempotencyKey: null,
  followsPlan: false,
  planId: null,
  deviceId: null,
  correlationId: 'c',
};
const ANSWER = { output: { ok: true }, summary: 'Done.' };

const WAITED_FOR = { report: () => {}, isKept: false, asTask: false, isBounded: true, onLateFailure: () => {} };

async function start() {
  const database = await openTestDatabase();
  const { calls, plans } = database;
  const times = { answerWithinMs: 1, beatMs: 5, lostAfterMs: 60_000 };
  const failures: string[] = [];
  const log = { error: (_: unknown, message: string) => void failures.push(message) };
  const held = createHeldCalls({ calls, kept: createKeptCalls({ calls, plans, times }), times, log: log as never });
  onTestFinished(() => held.close());
  const carryOut = (work: Work, gone = new AbortController().signal) =>
    held.carryOut(() => FACTS, work, { ...WAITED_FOR, gone, isBounded: false });
  return { held, calls, carryOut, failures };
}

/** Work that ends when it is told to stop, and says so. */
function endless() {
  const { promise: stopped, resolve } = Promise.withResolvers<string>();
  const work: Work = ({ signal }) => {
    signal.addEventListener('abort', () => resolve('stopped'));
    return stopped.then(() => ANSWER);
  };
  return { work, stopped };
}

it('work goes on when its caller has got a handle and closes the connection', async () => {
  const { calls, carryOut } = await start();
  const connection = new AbortController();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let wasStopped: boolean | null = null;
  const work: Work = async ({ signal }) => {
    await gate;
    wasStopped = signal.aborted;
    return ANSWER;
  };
  expect(await carryOut(work, connection.signal)).toMatchObject({ callId: 'call-1' });
  connection.abort();
  open();
  await expect.poll(() => calls.get('ann', 'call-1')).toMatchObject({ status: 'completed', answer: ANSWER });
  expect(wasStopped).toBe(false);
});

it('work stops when its caller goes away before there is an answer', async () => {
  const { held } = await start();
  const { work, stopped } = endless();
  const connection = new AbortController();
  const answered = held.carryOut(() => FACTS, work, { ...WAITED_FOR, gone: connection.signal });
  connection.abort();
  await expect(stopped).resolves.toBe('stopped');
  expect(await answered).toEqual(ANSWER);
});

it('work that was cancelled elsewhere is told with the next sign of life', async () => {
  const { calls, carryOut } = await start();
  const { work, stopped } = endless();
  await carryOut(work);
  await calls.cancel('ann', 'call-1');
  await expect(stopped).resolves.toBe('stopped');
  await expect.poll(() => calls.get('ann', 'call-1')).toMatchObject({ status: 'cancelled', answer: null });
});

it('signs of life are given while there is work, and given up when the process ends', async () => {
  const { held, calls, carryOut } = await start();
  const { promise } = Promise.withResolvers<never>();
  await carryOut(() => promise);
  await calls.abandon(['call-1']);
  await expect.poll(async () => (await calls.get('ann', 'call-1'))?.silentMs).toBeLessThan(60_000);
  await held.close();
  expect((await calls.get('ann', 'call-1'))?.silentMs).toBeGreaterThan(60_000);
});

it('whoever waits gets the answer even when it cannot be kept', async () => {
  const { held, calls, failures } = await start();
  const keyed = { ...FACTS, idempotencyKey: 'k' };
  await held.claim(keyed, () => true);
  calls.finish = () => Promise.reject(new Error('disk full'));
  const options = { ...WAITED_FOR, gone: new AbortController().signal, isKept: true };
  const answer = await held.carryOut(
    () => keyed,
    () => Promise.resolve(ANSWER),
    options,
  );
  expect(answer).toEqual(ANSWER);
  expect(failures).toEqual(['end of a call not kept']);
});
