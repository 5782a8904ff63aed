import { describe, expect, it, onTestFinished } from 'vitest';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type PlatformOptions, type TestPlatform } from '../support/platform.ts';
import { approve, propose, reaches, serversOf, writesOf } from '../support/plans.ts';

async function open(options: PlatformOptions): Promise<TestPlatform> {
  const platform = await startPlatform(options);
  onTestFinished(() => platform.stop());
  return platform;
}

function statuses(plan: { devices: { name: string; status: string }[] }): string[] {
  return plan.devices.map((device) => `${device.name} ${device.status}`);
}

const ONCE_EACH = { '/ip/dns': 1, '/system/ntp/client': 1 };

describe('a rollout', () => {
  it('writes nothing before it is approved, and every router exactly once afterwards', async () => {
    const platform = await open({ routers: 4 });
    const plan = await propose(platform);
    expect(plan).toMatchObject({ toChange: 4, skipped: 0, approvalsNeeded: 1, risk: 'medium' });
    for (const device of platform.devices) expect(writesOf(platform, device.name)).toEqual({});
    await approve(platform, plan);
    const done = await reaches(platform, plan.planId, ['completed', 'failed', 'paused']);
    expect(done.status).toBe('completed');
    expect(statuses(done)).toEqual(['lab-01 applied', 'lab-02 applied', 'lab-03 applied', 'lab-04 applied']);
    for (const device of platform.devices) {
      expect(writesOf(platform, device.name)).toEqual(ONCE_EACH);
    }
  });

  it('stops at a failing router, puts its batch back and leaves the rest alone', async () => {
    const platform = await open({ routers: 6 });
    const before = platform.devices.map(({ name }) => serversOf(platform, name));
    const plan = await propose(platform);
    await platform.simulator.routers[2]!.setFaults([
      { kind: 'error', match: { method: 'POST', path: '/system/ntp/client/set' }, status: 400, detail: 'failure: no' },
    ]);
    await approve(platform, plan);
    const paused = await reaches(platform, plan.planId, ['paused', 'completed', 'failed']);
    expect(statuses(paused)).toEqual([
      'lab-01 applied',
      'lab-02 rolled_back',
      'lab-03 failed',
      'lab-04 pending',
      'lab-05 pending',
      'lab-06 pending',
    ]);
    expect(paused.devices[2]?.error).toMatchObject({ code: 'DEVICE_ERROR' });
    expect(writesOf(platform, 'lab-04')).toEqual({});
    await platform.fleet.signalPlan(plan.planId, 'rollback', { comment: 'no', onBehalfOf: 'olga' });
    const back = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete']);
    expect(back.status).toBe('rolled_back');
    expect(platform.devices.map(({ name }) => serversOf(platform, name))).toEqual(before);
    expect(writesOf(platform, 'lab-01')).toEqual({ '/ip/dns': 2, '/system/ntp/client': 2 });
    const types = [...(await expectAllToReplay(platform))];
    // The audit is looked after besides.
    expect(types).toEqual(
      expect.arrayContaining(['planWorkflow', 'rolloutWorkflow', 'rollbackWorkflow', 'deviceChangeWorkflow']),
    );
  });
});
