import { expect, test } from 'vitest';
import { keysDependency } from '../../../../mcp-server/auth/keys-dependency.ts';
import { workerDependencies } from '../../../../worker/worker-dependencies.ts';
import { shutdownTimes } from '../../../../worker/shutdown-times.ts';
import { createMetrics } from '../../../../shared/platform/telemetry/metrics.ts';
import { serveMetrics } from '../../../../shared/platform/telemetry/serve-metrics.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { CONVOY_VERSION } from '../../../../shared/platform/process/version.ts';
import { createReadiness, type Dependency } from '../../../../shared/platform/process/readiness.ts';

const WELL: Dependency = { name: 'well', check: async () => ({ facts: { open: 3 } }) };

test('what is degraded does not take the process out, and what is down does', async () => {
  const tired: Dependency = { name: 'tired', check: async () => ({ degraded: 'It is slow.' }) };
  const gone: Dependency = {
    name: 'gone',
    check: () => Promise.reject(new AppError('SERVICE_UNAVAILABLE', { message: 'It is away.' })),
  };
  const { signal } = new AbortController();
  expect(await createReadiness([WELL, tired], signal)()).toEqual({
    httpStatus: 200,
    readiness: {
      status: 'ready',
      version: CONVOY_VERSION,
      dependencies: { well: { status: 'ok', open: 3 }, tired: { status: 'degraded', message: 'It is slow.' } },
    },
  });
  expect(await createReadiness([WELL, gone], signal)()).toMatchObject({
    httpStatus: 503,
    readiness: {
      status: 'not_ready',
      dependencies: { gone: { status: 'down', code: 'SERVICE_UNAVAILABLE', message: 'It is away.' } },
    },
  });
});

test('however many ask, a dependency is asked once at a time', async () => {
  let asked = 0;
  const slow: Dependency = {
    name: 'slow',
    check: async () => {
      asked += 1;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const read = createReadiness([slow], new AbortController().signal);
  await Promise.all(Array.from({ length: 50 }, read));
  expect(asked).toBe(1);
});

test('the metrics port says what is missing, and that the process drains', async () => {
  const draining = new AbortController();
  const server = await serveMetrics({
    port: 0,
    metrics: createMetrics(),
    readyz: createReadiness([WELL], draining.signal),
  });
  try {
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ready' }]);
    draining.abort();
    const ending = await fetch(`${server.url}/readyz`);
    expect([ending.status, await ending.json()]).toMatchObject([503, { status: 'draining' }]);
  } finally {
    await server.close();
  }
});

test("the identity provider's keys are degraded once a reload is overdue, with what is left of them", async () => {
  const aged = (isOverdue: boolean) =>
    keysDependency({
      ready: async () => {},
      age: () => ({ readSeconds: 900, isOverdue, usableSeconds: 85_500 }),
    }).check();
  expect(await aged(false)).toEqual({ facts: { keysReadSecondsAgo: 900 } });
  expect(await aged(true)).toMatchObject({ degraded: expect.stringMatching(/900 s ago are used for another 85500 s/) });
});

test('a worker without room for lanes is degraded, and one that does not poll is down', async () => {
  const metrics = createMetrics();
  const parts = (state: 'RUNNING' | 'FAILED') => ({
    client: { options: { namespace: 'convoy' }, workflowService: { describeNamespace: async () => ({}) } } as never,
    workers: [{ getState: () => state }],
    maxLanes: 2,
    metrics,
  });
  metrics.lanesOpen.set(2);
  const { signal } = new AbortController();
  expect((await createReadiness(workerDependencies(parts('RUNNING')), signal)()).readiness).toMatchObject({
    status: 'ready',
    dependencies: { temporal: { namespace: 'convoy' }, lanes: { status: 'degraded', open: 2, most: 2 } },
  });
  expect((await createReadiness(workerDependencies(parts('FAILED')), signal)()).readiness).toMatchObject({
    status: 'not_ready',
    dependencies: { pollers: { status: 'down', message: 'It takes no work from Temporal.' } },
  });
});

test('a worker cancels, gives up and closes within the time it has to drain', () => {
  expect(shutdownTimes(25)).toEqual({ shutdownGraceTime: 17_000, shutdownForceTime: 21_000 });
  expect(shutdownTimes(10).shutdownGraceTime).toBeGreaterThan(0);
});
