import { describe, expect, it, onTestFinished } from 'vitest';
import { startPlatform, type PlatformOptions, type TestPlatform } from '../support/platform.ts';
import { LeftObject } from '../../shared/domain/left-object.ts';
import { expectAllToReplay, withoutSummary } from '../support/histories.ts';
import { approve, propose, reaches, serversOf, WANTED, writesOf } from '../support/plans.ts';

async function open(options: PlatformOptions): Promise<TestPlatform> {
  const platform = await startPlatform(options);
  onTestFinished(() => platform.stop());
  return platform;
}

/** Changes a router as somebody with WinBox would. */
async function editByHand(
  platform: TestPlatform,
  name: string,
  servers: string,
  path: '/ip/dns' | '/system/ntp/client' = '/ip/dns',
): Promise<void> {
  const response = await fetch(`${platform.simulator.controlUrl}/devices/${name}/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path, set: { servers } }),
  });
  expect(response.status).toBeLessThan(300);
}

describe('a rollback', () => {
  it('leaves a router alone that somebody changed meanwhile, names it, and puts the others back', async () => {
    const platform = await open({ routers: 3 });
    const before = platform.devices.map(({ name }) => serversOf(platform, name));
    const plan = await propose(platform);
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['completed']);
    await editByHand(platform, 'lab-02', '192.0.2.99');
    await platform.fleet.signalPlan(plan.planId, 'rollback', { comment: '', onBehalfOf: 'olga' });
    const back = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete']);
    expect(back.status).toBe('rollback_incomplete');
    expect(back.devices.map(({ status }) => status)).toEqual(['rolled_back', 'rollback_failed', 'rolled_back']);
    expect(back.devices[1]?.error).toMatchObject({ code: 'PLAN_STALE', details: { found: { servers: '192.0.2.99' } } });
    expect(serversOf(platform, 'lab-02').dns).toBe('192.0.2.99');
    expect([serversOf(platform, 'lab-01'), serversOf(platform, 'lab-03')]).toEqual([before[0], before[2]]);
    // Every object that is left is named: what somebody changed, and what still is as the plan made it.
    const left = LeftObject.array().parse(back.devices[1]?.error?.details?.['left']);
    expect(left).toContainEqual({
      menu: '/ip/dns',
      key: null,
      field: 'servers',
      expected: before[1]?.dns ?? '',
      planned: WANTED.dnsServers.join(','),
      found: '192.0.2.99',
      why: 'conflict',
    });
    expect(left.filter(({ menu, why }) => menu === '/system/ntp/client' && why === 'not_put_back')).not.toEqual([]);
    expect(back.statusReason).toContain(
      `1 of 3 device(s) could not be put back: lab-02 (PLAN_STALE, ${left.length} left)`,
    );

    // Each device was saved once, before the plan's first write to it.
    for (const { deviceId, snapshotId } of back.devices) {
      const snapshots = await platform.database.snapshots.list({
        grants: [{ all: true }],
        deviceId,
        limit: 5,
      });
      expect(snapshots).toMatchObject([
        { snapshotId, requestedBy: 'olga', reason: `before plan ${plan.planId} (dns_ntp)` },
      ]);
      expect(await platform.database.snapshots.text(snapshots[0]!.sha256)).not.toContain(WANTED.dnsServers[0]);
    }

    // Seen to by a person, it is asked for again, and comes back only to what was left.
    const untouched = ['lab-01', 'lab-03'].map((name) => writesOf(platform, name));
    await editByHand(platform, 'lab-02', WANTED.dnsServers.join(','));
    await platform.fleet.signalPlan(plan.planId, 'rollback', { comment: '', onBehalfOf: 'olga' });
    const again = await reaches(platform, plan.planId, ['rolled_back']);
    expect(again.devices.map(({ status }) => status)).toEqual(['rolled_back', 'rolled_back', 'rolled_back']);
    expect(serversOf(platform, 'lab-02')).toEqual(before[1]);
    expect(['lab-01', 'lab-03'].map((name) => writesOf(platform, name))).toEqual(untouched);

    expect(await expectAllToReplay(platform)).toContain('rollbackWorkflow');
    expect(await withoutSummary(platform)).toEqual([]);
  }, 240_000);

  it('of a plan is possible for as long as the plan says, and nothing is written to a device that cannot be saved', async () => {
    const platform = await open({ routers: 2 });
    await platform.simulator.routers[1]!.setFaults([
      { kind: 'error', match: { path: '/execute' }, status: 400, detail: 'failure: no' },
    ]);
    const plan = await propose(platform, { rollout: { rollbackWindowSeconds: 0, maxFailures: 1 } });
    await approve(platform, plan);
    const over = await reaches(platform, plan.planId, ['completed', 'failed']);
    expect(over.devices.map(({ status }) => status)).toEqual(['applied', 'failed']);
    expect(over.devices[1]?.error).toMatchObject({ code: 'SNAPSHOT_FAILED' });
    expect(over.devices[1]?.error?.message).toContain('Nothing was written');
    expect(writesOf(platform, 'lab-02')).toEqual({});
    expect(Date.parse(over.rollbackUntil ?? '')).toBeLessThanOrEqual(Date.now());
  }, 120_000);

  it('puts back what the plan wrote to a router, and leaves what somebody had set by hand to the wanted value before', async () => {
    const platform = await open({ routers: 1 });
    const before = serversOf(platform, 'lab-01');
    const plan = await propose(platform);
    await editByHand(platform, 'lab-01', WANTED.ntpServers.join(','), '/system/ntp/client');
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['completed']);
    expect(writesOf(platform, 'lab-01')).toEqual({ '/ip/dns': 1 });
    const applied = serversOf(platform, 'lab-01');
    await platform.fleet.signalPlan(plan.planId, 'rollback', { comment: '', onBehalfOf: 'olga' });
    const back = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete']);
    expect(back).toMatchObject({ status: 'rolled_back', devices: [{ status: 'rolled_back' }] });
    expect(serversOf(platform, 'lab-01')).toEqual({ ...applied, dns: before.dns });
    expect(writesOf(platform, 'lab-01')).toEqual({ '/ip/dns': 2 });
    expect(await expectAllToReplay(platform)).toContain('rollbackWorkflow');
  }, 120_000);

  it('of a failing batch does not touch a router that was set by hand to what the plan wanted', async () => {
    const platform = await open({ routers: 3 });
    const input = { dnsServers: ['9.9.9.9'] };
    const plan = await propose(platform, { input, rollout: { canary: 0, batchSize: 3 } });
    await editByHand(platform, 'lab-02', '9.9.9.9');
    await platform.simulator.routers[2]!.setFaults([
      { kind: 'error', match: { method: 'POST', path: '/ip/dns/set' }, status: 400, detail: 'failure: no' },
    ]);
    await approve(platform, plan);
    const over = await reaches(platform, plan.planId, ['failed', 'paused', 'completed']);
    expect(over.devices.map(({ status }) => status)).toEqual(['rolled_back', 'skipped', 'failed']);
    expect(serversOf(platform, 'lab-02').dns).toBe('9.9.9.9');
    expect(writesOf(platform, 'lab-02')).toEqual({});
  }, 120_000);

  it('writes nothing at all where a router changed between the plan and its rollout', async () => {
    const platform = await open({ routers: 2 });
    const plan = await propose(platform, { rollout: { canary: 1 } });
    await editByHand(platform, 'lab-01', '192.0.2.77');
    await approve(platform, plan);
    const paused = await reaches(platform, plan.planId, ['paused', 'completed', 'failed']);
    expect(paused.devices[0]).toMatchObject({ status: 'failed', error: { code: 'PLAN_STALE' } });
    expect(writesOf(platform, 'lab-01')).toEqual({});
    expect(paused.devices[1]?.status).toBe('pending');
  }, 120_000);
});
