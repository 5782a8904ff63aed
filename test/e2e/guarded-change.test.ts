import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { Step } from '../../shared/domain/change.ts';
import type { Device } from '../../shared/domain/device.ts';
import { RolloutOptions } from '../../shared/domain/plan.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 5, workers: 0 });
  await platform.startWorker({ CONVOY_BREAKER_COOL_DOWN_SECONDS: '1', CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS: '2' });
}, 120_000);
afterAll(() => platform?.stop());

type Rows = readonly Readonly<Record<string, string>>[];

function lab(index: number) {
  const device = platform.devices[index]!;
  const simulated = platform.simulator.routers[index]!;
  return {
    device,
    simulated,
    rows: (menu: string): Rows => simulated.router.rows(menu),
    service: (name: string) =>
      simulated.router.rows('/ip/service').find((row) => row['name'] === name && row['dynamic'] !== 'true'),
    pass: (seconds: number) => simulated.router.clock.advance(seconds * 1000),
    log: () => simulated.router.logLines().map(({ message }) => message),
  };
}

/** A change of these steps, as a rollout would make it of an approved plan's rows. */
async function change({ deviceId, name }: Device, steps: Step[]): Promise<DeviceChangeResult> {
  const planId = `pln_${ulid()}`;
  await platform.database.plans.create({
    planId,
    kind: 'dns_ntp',
    environment: 'lab',
    input: {},
    rollout: RolloutOptions.parse({}),
    comment: '',
    requestedBy: 'olga',
    requestedByName: 'olga@example.test',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    devices: [{ deviceId, name }],
  });
  await platform.database.plans.saveCapture(planId, deviceId, {});
  await platform.database.plans.savePrepared(planId, {
    digest: '0'.repeat(64),
    risk: 'high',
    riskReasons: ['it can cut the way'],
    approvalsNeeded: 1,
    devices: [{ deviceId, status: 'pending', steps, changes: [] }],
  });
  const stepsDigest = createHash('sha256').update(canonicalJson(steps)).digest('hex');
  const cause = { by: 'plan', planId, stepsDigest, direction: 'apply' } as const;
  return platform.fleet.change({ deviceId, deviceName: name, cause });
}

const serviceStep = (name: string, before: Record<string, string>, after: Record<string, string>): Step => ({
  op: 'change',
  menu: '/ip/service',
  key: { name },
  before,
  after,
});
const TELNET_OFF = serviceStep('telnet', { disabled: 'false' }, { disabled: 'true' });
const LOCK_OUT = serviceStep('www-ssl', { address: '' }, { address: '192.0.2.0/24' });

describe('a change that can cut the way to its device', () => {
  it('is guarded while it is made, and confirmed when it proved well', async () => {
    const { device, service, rows, log, pass } = lab(0);
    expect(await change(device, [TELNET_OFF])).toMatchObject({ outcome: 'applied', error: null });
    expect(service('telnet')?.['disabled']).toBe('true');
    expect(log().filter((line) => /scheduled script (added|removed)/.test(line))).toHaveLength(4);
    expect(rows('/system/scheduler')).toEqual([]);
    pass(3_600);
    expect(service('telnet')?.['disabled']).toBe('true');
  }, 60_000);

  it('is taken back by the device itself when it locks us out, and is reported so', async () => {
    const { device, service, rows, pass } = lab(1);
    const changed = change(device, [TELNET_OFF, LOCK_OUT]);
    await waitUntil('the lock-out', () => service('www-ssl')?.['address'] === '192.0.2.0/24');
    expect(rows('/system/scheduler')).toHaveLength(2);
    pass(200);
    const result = await changed;
    expect(result).toMatchObject({ outcome: 'reverted', error: { code: 'VERIFICATION_FAILED' } });
    expect(result.error?.message).toContain('took the change back by itself');
    expect([service('www-ssl')?.['address'], service('telnet')?.['disabled']]).toEqual(['', 'false']);
    expect(rows('/system/scheduler')).toEqual([]);
  }, 120_000);

  it('is taken back by the device also when the worker dies in the middle', async () => {
    const { device, service, pass } = lab(2);
    const changed = change(device, [LOCK_OUT]);
    await waitUntil('the lock-out', () => service('www-ssl')?.['address'] === '192.0.2.0/24');
    await platform.workers.at(-1)!.kill('SIGKILL');
    pass(200);
    expect(service('www-ssl')?.['address']).toBe('');
    await platform.startWorker();
    expect(await changed).toMatchObject({ outcome: 'reverted' });
  }, 180_000);

  it('is not begun while somebody works on the device in safe mode', async () => {
    const { device, simulated, service, rows } = lab(3);
    const holder = { user: 'alice', via: 'ssh' };
    simulated.router.safeMode.take(holder);
    const result = await change(device, [TELNET_OFF]);
    simulated.router.safeMode.release();
    expect(result).toMatchObject({ outcome: 'refused', error: { code: 'DEVICE_BUSY' } });
    expect(result.error?.details).toMatchObject({ safeModeHolder: 'alice' });
    expect([service('telnet')?.['disabled'], rows('/system/scheduler')]).toEqual(['false', []]);
  }, 60_000);

  it('is not begun when the device cannot guard it', async () => {
    const { device, simulated, service } = lab(4);
    const ntp = simulated.router.items('/system/ntp/client')[0]!;
    ntp.values['enabled'] = 'true';
    simulated.router.discard('/system/ntp/client/servers', () => true);
    const result = await change(device, [TELNET_OFF]);
    expect(result).toMatchObject({ outcome: 'refused', error: { code: 'UNSAFE_OPERATION' } });
    expect(service('telnet')?.['disabled']).toBe('false');
  }, 60_000);

  it('replays', async () => {
    expect(await expectAllToReplay(platform)).toContain('deviceChangeWorkflow');
  }, 60_000);
});
