import { expect, it } from 'vitest';
import type { CallStore, NewCall } from '../../../../shared/platform/persistence/stores/call-store.ts';
import { openTestDatabase } from './open-test-database.ts';

const CALL: NewCall = {
  callId: '01KCALL',
  sub: 'ann',
  action: 'update_dns_servers',
  readOnly: false,
  argumentsDigest: 'd1',
  idempotencyKey: null,
  followsPlan: false,
  planId: null,
  deviceId: 'dev_1',
  correlationId: 'c1',
  keepSeconds: 3600,
};
const ANSWER = { output: { text: 'a\u0000b \u{202e}' }, summary: 'Done.' };
const BUSY = { code: 'DEVICE_BUSY', message: 'Busy.', retryable: true } as const;

it('keeps what came of a call for its own subject, with the text as it was', async () => {
  const { calls } = await openTestDatabase();
  expect(await calls.open(CALL)).toBeNull();
  expect(await calls.get('ann', CALL.callId)).toMatchObject({ status: 'working', deviceId: 'dev_1', answer: null });
  await calls.report(CALL.callId, { done: 1, total: 2, message: '1 of 2' });
  expect(await calls.get('ann', CALL.callId)).toMatchObject({ progress: { done: 1, total: 2 } });
  await calls.finish(CALL.callId, { answer: ANSWER, keepSeconds: 3600 });
  expect(await calls.get('ann', CALL.callId)).toMatchObject({ status: 'completed', answer: ANSWER });
  expect(await calls.get('bob', CALL.callId)).toBeNull();
});

it('ends a call once: what comes later changes nothing', async () => {
  const { calls } = await openTestDatabase();
  await calls.open(CALL);
  await calls.lose(CALL.callId, { error: BUSY, freesKey: false, keepSeconds: 60 }, 60_000);
  expect(await calls.get('ann', CALL.callId)).toMatchObject({ status: 'working' });
  await calls.abandon([CALL.callId]);
  expect((await calls.get('ann', CALL.callId))?.silentMs).toBeGreaterThan(60_000);
  await calls.lose(CALL.callId, { error: BUSY, freesKey: false, keepSeconds: 60 }, 60_000);
  await calls.finish(CALL.callId, { answer: ANSWER, keepSeconds: 60 });
  expect(await calls.get('ann', CALL.callId)).toMatchObject({ status: 'failed', error: BUSY, answer: null });
  expect(await calls.beat([CALL.callId])).toEqual([]);
});

it('gives an idempotency key to one call only, however many ask for it at once', async () => {
  const { calls } = await openTestDatabase();
  const all = Array.from({ length: 8 }, (_, index) =>
    calls.open({ ...CALL, callId: `call-${index}`, idempotencyKey: 'k' }),
  );
  const earlier = await Promise.all(all);
  expect(earlier.filter((call) => call === null)).toHaveLength(1);
  expect(new Set(earlier.flatMap((call) => (call === null ? [] : [call.callId]))).size).toBe(1);
  expect(await calls.open({ ...CALL, callId: 'of-another', sub: 'bob', idempotencyKey: 'k' })).toBeNull();
});

it('frees a key when the same call may be made again, and when it has expired', async () => {
  const { calls } = await openTestDatabase();
  const keyed = (callId: string, keepSeconds = 3600) => ({ ...CALL, callId, keepSeconds, idempotencyKey: 'k' });
  await calls.open(keyed('first'));
  await calls.finish('first', { error: BUSY, freesKey: true, keepSeconds: 3600 });
  expect(await calls.open(keyed('second', 0))).toBeNull();
  expect(await calls.open(keyed('third'))).toBeNull();
  await calls.finish('third', { answer: ANSWER, keepSeconds: 1 });
  expect(await calls.open(keyed('fourth'))).toMatchObject({ callId: 'third', answer: ANSWER });
});

it('cancels what changes nothing and only notes it for what does', async () => {
  const { calls } = await openTestDatabase();
  await calls.open(CALL);
  await calls.open({ ...CALL, callId: 'read', readOnly: true });
  for (const callId of [CALL.callId, 'read']) {
    await calls.cancel('bob', callId);
    expect(await calls.get('ann', callId)).toMatchObject({ cancelAsked: false });
    await calls.cancel('ann', callId);
  }
  expect(await calls.get('ann', CALL.callId)).toMatchObject({ status: 'working', cancelAsked: true });
  expect(await calls.get('ann', 'read')).toMatchObject({ status: 'cancelled' });
  expect(await calls.beat([CALL.callId, 'read'])).toEqual([CALL.callId]);
});

it('removes what has expired', async () => {
  const { calls } = await openTestDatabase();
  await keep(calls, 'old', 0);
  await keep(calls, 'new', 60);
  expect(await calls.get('ann', 'old')).toBeNull();
  expect(await calls.purge()).toBe(1);
  expect(await calls.get('ann', 'new')).not.toBeNull();
});

async function keep(calls: CallStore, callId: string, keepSeconds: number): Promise<void> {
  await calls.open({ ...CALL, callId, keepSeconds });
  await calls.finish(callId, { answer: ANSWER, keepSeconds });
}
