import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeCause, DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import { deviceChangeWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { Step } from '../../shared/domain/change.ts';
import { MOST_GUARDED_STEPS } from '../../shared/domain/change-guard.ts';
import type { Device } from '../../shared/domain/device.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { addStep, ETHER3_OFF, LOCK_OUT, MANGLE, ROW_STEPS, TELNET_OFF } from './support/guarded-steps.ts';
import { plannedChange } from './support/planned-change.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 13, workers: 0 });
  await platform.startWorker({ CONVOY_BREAKER_COOL_DOWN_SECONDS: '1', CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS: '2' });
}, 120_000);
afterAll(() => platform?.stop());

const LONG = { timeoutMs: 60_000 };

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
async function change(device: Device, steps: Step[]): Promise<DeviceChangeResult> {
  return runChange(device, await plannedChange(platform, device, steps));
}

function runChange({ deviceId, name }: Device, cause: ChangeCause): Promise<DeviceChangeResult> {
  return platform.fleet.change({ deviceId, deviceName: name, cause });
}

/** The comments of the rules, in order, with what was changed of them. */
function rulesOf({ rows }: ReturnType<typeof lab>): string[] {
  return rows(MANGLE)
    .filter((row) => row['dynamic'] !== 'true')
    .map((row) =>
      [row['comment'], row['action'] === 'accept' ? '' : row['action'], row['src-address']].join(' ').trim(),
    );
}

async function withRules(index: number) {
  const own = lab(index);
  expect(
    await change(
      own.device,
      ['a', 'b', 'c', 'd'].map((name) => addStep(name)),
    ),
  ).toMatchObject({
    outcome: 'applied',
  });
  expect(rulesOf(own)).toEqual(['a', 'b', 'c', 'd']);
  return own;
}

/** Whether a worker logged this about a change of the device. */
const hasLogged = (text: string, { deviceId }: Device): boolean =>
  platform.workers
    .flatMap(({ log }) => log.map((line) => JSON.stringify(line)))
    .some((line) => line.includes(text) && line.includes(deviceId));

const setDns = (device: Device): Promise<DeviceChangeResult> =>
  runChange(device, {
    by: 'operation',
    operation: 'update_dns_servers',
    input: { dnsServers: ['9.9.9.9'] },
    requestedBy: 'olga',
    correlationId: `test-${device.name}`,
  });

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

  it('adds, changes, removes and moves rows, and an undo of the plan leads back to the rows and their order', async () => {
    const own = await withRules(5);
    const cause = await plannedChange(platform, own.device, ROW_STEPS);
    expect(await runChange(own.device, cause)).toMatchObject({ outcome: 'applied', error: null });
    expect(rulesOf(own)).toEqual(['b passthrough 10.0.0.0/8', 'new', 'd', 'a']);
    expect(await runChange(own.device, cause)).toMatchObject({ outcome: 'unchanged' });
    expect(await runChange(own.device, { ...cause, direction: 'undo' })).toMatchObject({ outcome: 'applied' });
    expect(rulesOf(own)).toEqual(['a', 'b', 'c', 'd']);
    expect(own.rows('/system/scheduler')).toEqual([]);
  }, 120_000);

  it('has its rows taken back by the device, in their order, when it locks us out', async () => {
    const own = await withRules(6);
    const changed = change(own.device, [...ROW_STEPS, LOCK_OUT]);
    await waitUntil('the lock-out', () => own.service('www-ssl')?.['address'] === '192.0.2.0/24');
    expect(rulesOf(own)).toEqual(['b passthrough 10.0.0.0/8', 'new', 'd', 'a']);
    own.pass(200);
    expect(await changed).toMatchObject({ outcome: 'reverted', error: { code: 'VERIFICATION_FAILED' } });
    expect(rulesOf(own)).toEqual(['a', 'b', 'c', 'd']);
    expect(own.rows('/system/scheduler')).toEqual([]);
  }, 180_000);

  it('is guarded part by part when it is long, and taken back as a whole when its last part locks us out', async () => {
    const own = lab(11);
    const many = Array.from({ length: MOST_GUARDED_STEPS }, (_, index) => addStep(`rule ${index}`));
    const changed = change(own.device, [...many, addStep('last'), LOCK_OUT]);
    await waitUntil('the lock-out', () => own.service('www-ssl')?.['address'] === '192.0.2.0/24', {
      timeoutMs: 120_000,
    });
    expect(rulesOf(own)).toHaveLength(MOST_GUARDED_STEPS + 1);
    own.pass(400);
    // The device took back the part that was not confirmed, and we the one before, which was.
    expect(rulesOf(own)).toHaveLength(MOST_GUARDED_STEPS);
    expect(await changed).toMatchObject({ outcome: 'reverted' });
    expect([rulesOf(own), own.rows('/system/scheduler')]).toEqual([[], []]);
    expect(own.service('www-ssl')?.['address']).toBe('');
  }, 240_000);

  it('is reported as taken back also when the device refuses our login until then', async () => {
    const { device, simulated, service, pass } = lab(7);
    await simulated.setFaults([
      { kind: 'slow_body', latencyMs: 3_000, match: { method: 'PATCH', path: '/ip/service' } },
    ]);
    const changed = change(device, [TELNET_OFF]);
    await waitUntil('the write', () => service('telnet')?.['disabled'] === 'true');
    await simulated.setFaults([{ kind: 'auth' }]);
    await waitUntil('the refusal', () => hasLogged('device refuses us', device), { timeoutMs: 60_000 });
    pass(200);
    await simulated.setFaults([]);
    expect(await changed).toMatchObject({ outcome: 'reverted' });
    expect(service('telnet')?.['disabled']).toBe('false');
  }, 180_000);

  it('waits for its guard when the device refuses to have it taken back, and reports what the guard did', async () => {
    const own = lab(8);
    const { device, simulated, pass } = own;
    await simulated.setFaults([
      { kind: 'error', status: 400, detail: 'failure: no', match: { method: 'DELETE', path: MANGLE } },
      { kind: 'error', status: 400, detail: 'failure: no', match: { method: 'PATCH', path: '/ip/service' } },
    ]);
    const changed = change(device, [addStep('new'), TELNET_OFF]);
    await waitUntil('the refusal', () => hasLogged('device change not taken back', device));
    expect(rulesOf(own)).toEqual(['new']);
    pass(200);
    const result = await changed;
    await simulated.setFaults([]);
    expect(result).toMatchObject({ outcome: 'reverted', error: { code: 'DEVICE_ERROR' } });
    expect([rulesOf(own), own.rows('/system/scheduler')]).toEqual([[], []]);
  }, 180_000);

  it('is known to be taken back also when the device refuses us in the middle of that', async () => {
    const { device, simulated, service, rows, pass } = lab(12);
    const isOff = (): boolean => service('telnet')?.['disabled'] === 'true';
    const patching = (path: string) => ({ match: { method: 'PATCH', path } });
    const refusesStep = { kind: 'error', status: 400, detail: 'failure: no', ...patching('/interface') } as const;
    const losesReply = { kind: 'drop_reply', ...patching('/ip/service') } as const;
    await simulated.setFaults([refusesStep]);
    const changed = change(device, [TELNET_OFF, ETHER3_OFF]);
    await waitUntil('the first step', isOff, { everyMs: 1 });
    await simulated.setFaults([refusesStep, losesReply]);
    await waitUntil('the first step to be taken back', () => !isOff(), { everyMs: 1, timeoutMs: 60_000 });
    await simulated.setFaults([{ kind: 'auth' }]);
    await waitUntil('its guard to be waited for', () => hasLogged('its guard is waited for', device), LONG);
    pass(200);
    await simulated.setFaults([]);
    expect(await changed).toMatchObject({ outcome: 'reverted', error: { code: 'VERIFICATION_FAILED' } });
    expect([isOff(), rows('/system/scheduler')]).toEqual([false, []]);
  }, 180_000);

  it('leaves no guard behind when it is cancelled while the guard is armed', async () => {
    const { device, simulated, service, rows } = lab(9);
    const slow = { kind: 'latency', latencyMs: 2_000, match: { path: '/system/scheduler' } } as const;
    await simulated.setFaults([slow]);
    const changed = change(device, [TELNET_OFF]);
    await waitUntil('the first entry', () => rows('/system/scheduler').length === 1);
    const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
    await client.workflow.getHandle(deviceChangeWorkflowId(device.deviceId)).cancel();
    await client.connection.close();
    expect(await changed).toMatchObject({ outcome: 'refused' });
    await simulated.setFaults([]);
    expect([service('telnet')?.['disabled'], rows('/system/scheduler')]).toEqual(['false', []]);
  }, 120_000);

  it('does not end before its guard is gone when nothing was written and the device lets it not be removed', async () => {
    const { device, simulated, service, rows } = lab(11);
    await simulated.setFaults([
      { kind: 'error', status: 400, detail: 'failure: no', match: { method: 'PATCH', path: '/ip/service' } },
      { kind: 'close', match: { method: 'DELETE', path: '/system/scheduler' } },
    ]);
    const changed = change(device, [TELNET_OFF]);
    await waitUntil('the guard that stays', () => hasLogged('guard not disarmed', device), { timeoutMs: 60_000 });
    expect(rows('/system/scheduler')).toHaveLength(2);
    await simulated.setFaults([]);
    const result = await changed;
    expect(result).toMatchObject({ outcome: 'refused', error: { code: 'DEVICE_ERROR' } });
    expect(result.error?.message).not.toContain('guard');
    expect([service('telnet')?.['disabled'], rows('/system/scheduler')]).toEqual(['false', []]);
  }, 180_000);

  it('keeps others from the device until its guard is gone, also from harmless changes', async () => {
    const { device, service, rows, pass } = lab(10);
    // Watched from the start: the change may end before the termination is answered.
    const changed = expect(change(device, [LOCK_OUT])).rejects.toThrow();
    await waitUntil('the lock-out', () => service('www-ssl')?.['address'] === '192.0.2.0/24');
    const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
    await client.workflow.getHandle(deviceChangeWorkflowId(device.deviceId)).terminate('by hand');
    await client.connection.close();
    await changed;
    // Somebody at the device lets us in again before the guard does.
    platform.simulator.routers[10]!.router.items('/ip/service').find(
      ({ values }) => values['name'] === 'www-ssl',
    )!.values['address'] = '';
    expect(rows('/system/scheduler')).toHaveLength(2);
    expect(await setDns(device)).toMatchObject({ outcome: 'refused', error: { code: 'DEVICE_BUSY' } });
    pass(200);
    expect(rows('/system/scheduler')).toEqual([]);
    expect(await setDns(device)).toMatchObject({ outcome: 'applied' });
  }, 180_000);

  it('replays', async () => {
    expect(await expectAllToReplay(platform)).toContain('deviceChangeWorkflow');
  }, 180_000);
});
