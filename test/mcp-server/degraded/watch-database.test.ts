import { expect, it, onTestFinished, vi } from 'vitest';
import { watchDatabase, type DatabaseWatch } from '../../../mcp-server/degraded/watch-database.ts';
import { DatabaseAway } from '../../../shared/platform/persistence/database-error.ts';
import { createMetrics } from '../../../shared/platform/telemetry/metrics.ts';
import { waitUntil } from '../../support/wait-until.ts';

type Answer = 'ok' | 'read-only' | 'away' | 'silent';

/** A watch of a database that answers as told, and a clock of its own. */
async function start(readsMs: number) {
  const state = { answer: 'ok' as Answer, nowMs: 1_000_000 };
  const ask = <T>(value: T): Promise<T> => {
    if (state.answer === 'silent') return new Promise(() => {});
    return state.answer === 'away' ? Promise.reject(new DatabaseAway('ECONNREFUSED')) : Promise.resolve(value);
  };
  const refresh = vi.fn(() => Promise.resolve());
  const metrics = createMetrics();
  const watch: DatabaseWatch = watchDatabase({
    database: { condition: async () => ({ isReadOnly: (await ask(state.answer)) === 'read-only', schema: '' }) },
    refresh,
    readsMs,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    metrics,
    everyMs: 5,
    patienceMs: 20,
    now: () => state.nowMs,
  });
  onTestFinished(() => watch.close());
  await waitUntil('the first look', () => refresh.mock.calls.length > 0);
  const until = (condition: string) => waitUntil(condition, () => watch.condition() === condition);
  const find = () =>
    watch.elseKnown(
      () => ask('stored'),
      () => 'known',
    );
  return { state, watch, until, find, metrics };
}

it('reads are answered from memory at once, for as long as they may go on, and from the database when it is back', async () => {
  const { state, watch, until, find } = await start(60_000);
  expect(await find()).toBe('stored');
  state.answer = 'away';
  expect(await find()).toBe('known');
  state.nowMs += 59_000;
  expect([await find(), watch.readsGoOn()]).toEqual(['known', true]);
  const agoMs = Date.now() - Date.parse(watch.awaySince() ?? '');
  expect(Math.round(agoMs / 1000)).toBe(59);
  state.nowMs += 2_000;
  await expect(find()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { retryAfterSeconds: 5 } });
  expect(watch.readsGoOn()).toBe(false);
  state.answer = 'ok';
  await until('ok');
  expect([await find(), watch.awaySince()]).toEqual(['stored', null]);
});

it('a database that only falls silent is away too, and nobody waits for it again', async () => {
  const { state, watch, find } = await start(60_000);
  state.answer = 'silent';
  expect(await find()).toBe('known');
  expect(watch.condition()).toBe('away');
  expect(() => watch.demandWritable()).toThrow(expect.objectContaining({ code: 'SERVICE_READ_ONLY' }) as Error);
});

it('one that takes no writes is read as ever, and changes are refused with when to come back', async () => {
  const { state, watch, until, find, metrics } = await start(60_000);
  watch.demandWritable();
  state.answer = 'read-only';
  await until('read_only');
  expect([await find(), watch.awaySince()]).toEqual(['stored', null]);
  const refusal = { code: 'SERVICE_READ_ONLY', status: 503, details: { retryAfterSeconds: 5 } };
  expect(() => watch.demandWritable()).toThrow(expect.objectContaining(refusal) as Error);
  expect((await metrics.databaseCondition.get()).values).toMatchObject([{ value: 1 }]);
});

it('where a deployment does not want it, nothing is answered from memory', async () => {
  const { state, find } = await start(0);
  state.answer = 'away';
  await expect(find()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
