import { generateKeyPair } from 'jose';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createBreaker } from '../../activities/routeros/breaker.ts';
import { ConnectFailure } from '../../activities/routeros/connect-failure.ts';
import { createRevocations } from '../../mcp-server/auth/revocations.ts';
import { createRateLimiter } from '../../mcp-server/call/limit-rate.ts';
import { watchDatabase } from '../../mcp-server/degraded/watch-database.ts';
import type { AppError } from '../../shared/errors/app-error.ts';
import { DatabaseAway } from '../../shared/platform/persistence/database-error.ts';
import { createMetrics } from '../../shared/platform/telemetry/metrics.ts';
import { startServiceToken } from '../../shared/platform/temporal/service-token.ts';
import { createLaneGate } from '../../worker/lane-gate.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The machine's clock is set by hours while the process runs; what it measures goes on by a clock that nobody sets. */
const HOURS = 3_600_000;
const START = Date.parse('2026-03-01T12:00:00Z');

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: START }));
afterEach(() => vi.useRealTimers());

const setClock = (byMs: number): void => void vi.setSystemTime(Date.now() + byMs);

it('set back or forward, it takes no budget from anybody and gives none', () => {
  const limiter = createRateLimiter({ perSecond: 1, burst: 3 });
  limiter.take('ada');
  setClock(-5 * HOURS);
  limiter.take('ada');
  limiter.take('ada');
  expect(() => limiter.take('ada')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }) as Error);
  setClock(9 * HOURS);
  expect(() => limiter.take('ada')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }) as Error);
});

it('set back, it keeps a router alone for no longer than a cool-down may last', async () => {
  const breaker = createBreaker({ policy: { failures: 1, coolDownSeconds: 5, maxCoolDownSeconds: 60, jitter: 0 } });
  const fail = () => Promise.reject(new ConnectFailure('unreachable'));
  await expect(breaker.run(fail)).rejects.toBeInstanceOf(ConnectFailure);
  setClock(-5 * HOURS);
  const refusal: unknown = await breaker.run(fail).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'DEVICE_COOLING_DOWN' });
  expect((refusal as AppError).details?.['retryAfterSeconds']).toBeLessThanOrEqual(60);
  setClock(61_000);
  expect(await breaker.run(() => Promise.resolve('answered'))).toBe('answered');
});

it('set forward or back, it holds up no request at the gate of a lane', async () => {
  const gate = createLaneGate({ maxInFlight: 1, requestsPerSecond: 50 });
  for (const byMs of [-5 * HOURS, 9 * HOURS]) {
    setClock(byMs);
    expect(await gate.pass(() => Promise.resolve('passed'))).toBe('passed');
  }
});

it('set back, it makes nobody believe a list of revocations, or a copy of the registry, for longer', async () => {
  let isDown = false;
  let steadyMs = 0;
  const answer = async <T>(value: T): Promise<T> => {
    if (isDown) throw new DatabaseAway('ECONNREFUSED');
    return value;
  };
  vi.spyOn(performance, 'now').mockImplementation(() => steadyMs);
  onTestFinished(() => void vi.restoreAllMocks());
  const revocations = createRevocations({
    store: { list: () => answer([]), mark: () => answer('') },
    everyMs: 3_600_000,
  });
  const token = { hash: 'h', tokenId: undefined };
  await revocations.refuseToken(token);
  const watch = watchDatabase({
    database: { condition: () => answer({ isReadOnly: false, schema: '' }) },
    refresh: () => Promise.resolve(),
    readsMs: 60_000,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    metrics: createMetrics(),
    everyMs: 3_600_000,
  });
  await watch.look();
  isDown = true;
  steadyMs += 61_000;
  setClock(-5 * HOURS);
  await expect(revocations.refuseToken(token)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  const reading = watch.elseKnown(
    () => answer('stored'),
    () => 'known',
  );
  await expect(reading).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  watch.close();
  revocations.close();
});

it('set forward, it leaves a process without a good token for Temporal for seconds only', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'performance'], now: START });
  const token = await startServiceToken({ signingKey: privateKey, subject: 's', permissions: [], onError: () => {} });
  const expiryOf = (jwt: string): number => {
    const { exp } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    return exp * 1000;
  };
  setClock(5 * HOURS);
  expect(expiryOf(token.current())).toBeLessThan(Date.now());
  await vi.advanceTimersByTimeAsync(5_000);
  await waitUntil('a token by the new clock', () => expiryOf(token.current()) > Date.now());
  token.stop();
});
