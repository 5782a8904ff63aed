import { describe, expect, it, onTestFinished } from 'vitest';
import { startPlatform, type PlatformOptions, type TestPlatform } from '../support/platform.ts';
import { approve, propose, reaches, writesOf } from '../support/plans.ts';
import { waitUntil } from '../support/wait-until.ts';

const ONCE_EACH = { '/ip/dns': 1, '/system/ntp/client': 1 };

async function open(options: PlatformOptions): Promise<TestPlatform> {
  const platform = await startPlatform(options);
  onTestFinished(() => platform.stop());
  return platform;
}

/** Some routers have been written and some have not: the middle of a rollout, as the routers see it. */
async function middleOfRollout(platform: TestPlatform): Promise<void> {
  await waitUntil(
    'the middle of the rollout',
    () => {
      const written = platform.devices.filter(({ name }) => Object.keys(writesOf(platform, name)).length > 0).length;
      return written >= 2 && written < platform.devices.length;
    },
    { timeoutMs: 60_000, everyMs: 5 },
  );
}

async function expectEachWrittenOnce(platform: TestPlatform, planId: string): Promise<void> {
  const done = await reaches(platform, planId, ['completed', 'failed', 'paused'], 120_000);
  expect(done.devices.filter(({ status }) => status !== 'applied')).toEqual([]);
  expect(done.status).toBe('completed');
  for (const { name } of platform.devices) expect(writesOf(platform, name), name).toEqual(ONCE_EACH);
}

describe('a rollout survives', () => {
  it('kill -9 of one of two workers in the middle', async () => {
    const platform = await open({ routers: 6, workers: 2 });
    for (const router of platform.simulator.routers) router.latencyMs = 60;
    const plan = await propose(platform);
    await approve(platform, plan);
    await middleOfRollout(platform);
    await platform.workers[0]!.kill('SIGKILL');
    await expectEachWrittenOnce(platform, plan.planId);
  }, 180_000);

  it('kill -9 of both workers at once, and goes on when one comes back', async () => {
    const platform = await open({ routers: 6, workers: 2 });
    for (const router of platform.simulator.routers) router.latencyMs = 60;
    const plan = await propose(platform);
    await approve(platform, plan);
    await middleOfRollout(platform);
    await Promise.all(platform.workers.map((worker) => worker.kill('SIGKILL')));
    await platform.startWorker();
    await expectEachWrittenOnce(platform, plan.planId);
  }, 180_000);

  it('the end of its worker while it waits for approval', async () => {
    const platform = await open({ routers: 2 });
    const plan = await propose(platform);
    await platform.workers[0]!.kill('SIGKILL');
    await approve(platform, plan);
    await platform.startWorker();
    await expectEachWrittenOnce(platform, plan.planId);
  }, 120_000);
});
