import { expect, onTestFinished, test } from 'vitest';
import { behindBreaker, createBreaker, type BreakerOptions } from '../../../activities/routeros/breaker.ts';
import { verdictOf } from '../../../activities/routeros/breaker-verdict.ts';
import { ConnectFailure } from '../../../activities/routeros/connect-failure.ts';
import { ExchangeFailure } from '../../../activities/routeros/exchange.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { breakerAt, type BreakerRecord } from '../../../shared/domain/breaker.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { startDevice } from './simulated-device.ts';

/** A breaker on a clock of the test's own, without jitter; `answer` is what the device does next. */
function lab(options: BreakerOptions = {}) {
  const lab = { nowMs: Date.parse('2026-09-27T10:00:00Z'), changes: [] as (BreakerRecord | null)[], sent: 0 };
  const breaker = createBreaker({
    now: () => lab.nowMs,
    random: () => 0,
    onChange: (record) => lab.changes.push(record),
    ...options,
  });
  const request = (answer: () => Promise<unknown>): Promise<unknown> =>
    breaker.run(() => {
      lab.sent += 1;
      return answer();
    });
  const outcome = async (answer: () => Promise<unknown>): Promise<string> => {
    try {
      await request(answer);
      return 'answered';
    } catch (error) {
      return error instanceof AppError ? error.code : 'failed';
    }
  };
  return Object.assign(lab, {
    request,
    succeed: () => outcome(async () => reply(200)),
    fail: (error: Error = new ConnectFailure('unreachable')) =>
      outcome(async () => {
        throw error;
      }),
    state: () => breakerAt(lab.changes.at(-1) ?? null, lab.nowMs).state,
  });
}

const reply = (status: number, detail = ''): { status: number; bytes: Buffer } => ({
  status,
  bytes: Buffer.from(JSON.stringify({ detail, error: status })),
});

async function failTimes(device: ReturnType<typeof lab>, times: number): Promise<void> {
  for (let time = 0; time < times; time++) expect(await device.fail()).toBe('failed');
}

test('five failures in a row open it; then nothing is sent, and the refusal tells the time that is left', async () => {
  const device = lab();
  await failTimes(device, 4);
  expect(device.state()).toBe('closed');
  await failTimes(device, 1);
  expect(device.state()).toBe('open');
  device.nowMs += 1_500;
  await expect(device.request(async () => reply(200))).rejects.toMatchObject({
    code: 'DEVICE_COOLING_DOWN',
    message: 'The device failed 5 times in a row (unreachable) and is left alone for another 4 s.',
    details: { retryAfterSeconds: 4, failures: 5, lastFailure: 'unreachable' },
  });
  expect(device.sent).toBe(5);
});

test('an answer between failures starts the count anew', async () => {
  const device = lab();
  await failTimes(device, 4);
  await device.succeed();
  expect(device.changes.at(-1)).toBeNull();
  await failTimes(device, 4);
  expect(device.state()).toBe('closed');
});

test('after the cool-down one request alone is let through, and its answer closes it', async () => {
  const device = lab();
  await failTimes(device, 5);
  device.nowMs += 5_000;
  expect(device.state()).toBe('half_open');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const probe = device.request(() => promise);
  expect(await device.succeed()).toBe('DEVICE_COOLING_DOWN');
  expect(device.sent).toBe(6);
  resolve(reply(200));
  await probe;
  expect(device.state()).toBe('closed');
  expect(await device.succeed()).toBe('answered');
});

test('each cool-down without an answer is twice as long, up to a minute', async () => {
  const device = lab();
  await failTimes(device, 5);
  const seconds: number[] = [];
  for (let opening = 0; opening < 6; opening++) {
    const retryAtMs = Date.parse(device.changes.at(-1)?.retryAt ?? '');
    seconds.push((retryAtMs - device.nowMs) / 1000);
    device.nowMs = retryAtMs;
    expect(await device.fail(new ExchangeFailure('timeout', true))).toBe('failed');
  }
  expect(seconds).toEqual([5, 10, 20, 40, 60, 60]);
  expect(device.changes.at(-1)).toMatchObject({ failures: 11, lastFailure: 'timeout' });
});

test('jitter makes a cool-down shorter by a fifth at most, never longer', async () => {
  const device = lab({ random: () => 0.999_999 });
  await failTimes(device, 5);
  expect(Date.parse(device.changes.at(-1)?.retryAt ?? '') - device.nowMs).toBe(4_000);
});

test('requests that were on their way when it opened do not lengthen the cool-down', async () => {
  const device = lab();
  const { promise, reject } = Promise.withResolvers<unknown>();
  const late = device.request(() => promise);
  await failTimes(device, 5);
  const { retryAt } = device.changes.at(-1) ?? {};
  device.nowMs += 6_000;
  reject(new ExchangeFailure('timeout', true));
  await expect(late).rejects.toThrow();
  expect(device.changes.at(-1)).toMatchObject({ retryAt, openings: 1, failures: 6 });
});

test('the next owner of the lane goes on with what the last one left', async () => {
  const before = lab();
  await failTimes(before, 5);
  const after = lab({ record: before.changes.at(-1) ?? null });
  after.nowMs = before.nowMs + 1_000;
  expect(await after.succeed()).toBe('DEVICE_COOLING_DOWN');
  after.nowMs += 4_000;
  expect(await after.fail()).toBe('failed');
  expect(after.changes).toHaveLength(1);
  expect(after.changes[0]).toMatchObject({ failures: 6, openings: 2 });
});

test('a record of a clock that runs ahead locks nobody out for longer than the longest cool-down', async () => {
  const record = { failures: 5, openings: 1, openedAt: null, lastFailure: 'timeout' };
  const device = lab({ record: { ...record, retryAt: '2030-01-01T00:00:00.000Z' } });
  expect(await device.succeed()).toBe('DEVICE_COOLING_DOWN');
  device.nowMs += 60_000;
  expect(await device.succeed()).toBe('answered');
});

test('a healthy device is never written about', async () => {
  const device = lab();
  for (let time = 0; time < 20; time++) await device.succeed();
  expect(device.changes).toEqual([]);
});

test('a certificate that is not trusted neither opens nor closes it, and frees the one request', async () => {
  const device = lab();
  const distrusted = new ConnectFailure('certificate');
  for (let time = 0; time < 9; time++) await device.fail(distrusted);
  expect(device.changes).toEqual([]);
  await failTimes(device, 5);
  device.nowMs += 5_000;
  await device.fail(distrusted);
  expect(device.state()).toBe('half_open');
  expect(await device.succeed()).toBe('answered');
});

const NOT_WELL = [
  [new ConnectFailure('unreachable'), 'unreachable'],
  [new ConnectFailure('timeout'), 'timeout'],
  [new ConnectFailure('handshake'), 'handshake'],
  [new ExchangeFailure('timeout', true), 'timeout'],
  [new ExchangeFailure('closed', true), 'closed'],
  [new ExchangeFailure('malformed', true), 'malformed'],
  [reply(500), '500'],
  [reply(503), '503'],
  [reply(400, 'Session closed'), 'timeout'],
  [reply(400, 'action timed out - try again, if error continues contact MikroTik support (13)'), 'timeout'],
] as const;
for (const [result, how] of NOT_WELL) {
  test(`the device is not well: ${nameOf(result)}`, () => {
    expect(verdictOf(result)).toEqual({ is: 'failed', how });
  });
}

const REFUSALS = [
  reply(200),
  reply(400, 'unknown parameter x'),
  reply(400, 'no such command or directory (wifi)'),
  reply(401),
  reply(404),
  reply(501),
  reply(500, 'not enough permissions (9)'),
  reply(500, 'std failure: not allowed (9)'),
];
for (const result of REFUSALS) {
  test(`the device answers: ${nameOf(result)}`, () => {
    expect(verdictOf(result)).toEqual({ is: 'answered' });
  });
}

test('what was not sent, or was cut off by our own limit, says nothing of the device', () => {
  for (const result of [
    new ExchangeFailure('cancelled', false),
    new ExchangeFailure('too_large', true),
    new ConnectFailure('certificate'),
    new Error('ours'),
  ]) {
    expect(verdictOf(result)).toEqual({ is: 'nothing' });
  }
});

function nameOf(result: unknown): string {
  return result instanceof Error ? `${result.name} ${result.message}` : JSON.stringify(result);
}

test('a read that meets an open breaker reports it at once, and the router sees no request', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const breaker = createBreaker({ policy: { failures: 2 } });
  const { router, ...opened } = openRouter({
    ...device.target,
    gate: behindBreaker(breaker, (send) => send()),
    paths: ['/ip/dns'],
    effect: 'write',
  });
  onTestFinished(() => opened.close());
  await device.faults([{ kind: 'error', status: 503, detail: 'busy' }]);
  await expect(router.get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_ERROR' });
  const { requests } = (await device.journal()).counters;
  // The second try opened it: what it failed with is reported, and the third is not sent.
  expect(requests).toBe(2);
  await device.faults([]);
  const refused = {
    code: 'DEVICE_COOLING_DOWN',
    details: { retryAfterSeconds: expect.any(Number), lastFailure: '503' },
  };
  await expect(router.get('/ip/dns')).rejects.toMatchObject(refused);
  await expect(router.set('/ip/dns', { servers: '9.9.9.9' })).rejects.toMatchObject(refused);
  expect((await device.journal()).counters).toMatchObject({ requests, writes: 0 });
});
