import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import type { Step } from '../../shared/domain/change.ts';
import type { Device } from '../../shared/domain/device.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { writesOf } from '../support/plans.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ETHER3_OFF, TELNET_OFF } from './support/guarded-steps.ts';
import { plannedChange } from './support/planned-change.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 4 });
}, 120_000);
afterAll(() => platform?.stop());

const LIST = '/ip/firewall/address-list';
const entry = (address: string): Step => ({
  op: 'add',
  menu: LIST,
  key: { list: 'partners', address },
  values: { list: 'partners', address, comment: 'test' },
  placeBefore: null,
});

function lab(index: number) {
  const simulated = platform.simulator.routers[index]!;
  const { router } = simulated;
  const setFaults = (faults: Parameters<typeof simulated.setFaults>[0]): Promise<void> => simulated.setFaults(faults);
  return {
    device: platform.devices[index]!,
    setFaults,
    slow: (path: string): Promise<void> => setFaults([{ kind: 'latency', latencyMs: 1_500, match: { path } }]),
    rows: (menu: string) => router.rows(menu),
    addresses: () => router.rows(LIST).flatMap((row) => (row['list'] === 'partners' ? [row['address']] : [])),
    isTelnetOff: () => router.rows('/ip/service').find((row) => row['name'] === 'telnet')?.['disabled'] === 'true',
  };
}

async function change(device: Device, steps: Step[]): Promise<DeviceChangeResult> {
  const cause = await plannedChange(platform, device, steps);
  return platform.fleet.change({ deviceId: device.deviceId, deviceName: device.name, cause });
}

const isWaitedFor = (): boolean =>
  platform.workers[0]!.log.some((line) => JSON.stringify(line).includes('a write waits for our own side'));

/** Takes the database away until a change has met that. */
async function withoutDatabase(): Promise<void> {
  platform.workers[0]!.log.length = 0;
  await platform.testDatabase.takeAway();
  try {
    await waitUntil('a change that waits', isWaitedFor, { timeoutMs: 120_000 });
  } finally {
    await platform.testDatabase.giveBack();
  }
}

describe('a change of several steps', () => {
  it('goes on after the first one when the database is back', async () => {
    const { device, slow, setFaults, addresses } = lab(0);
    await slow(LIST);
    const changed = change(device, [entry('192.0.2.1'), entry('192.0.2.2')]);
    await waitUntil('the first entry', () => addresses().length === 1, { timeoutMs: 60_000 });
    await withoutDatabase();
    await setFaults([]);
    expect(await changed).toMatchObject({ outcome: 'applied', error: null });
    expect(addresses()).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(writesOf(platform, device.name)[LIST]).toBe(2);
  }, 240_000);

  it('is taken back when the database is back, should a step be refused', async () => {
    const { device, setFaults, addresses } = lab(1);
    const refuses = { kind: 'error', status: 400, detail: 'failure: no', match: { method: 'PATCH' } } as const;
    await setFaults([{ kind: 'latency', latencyMs: 1_500, match: { path: LIST } }, refuses]);
    const changed = change(device, [entry('192.0.2.1'), ETHER3_OFF]);
    await waitUntil('the first entry', () => addresses().length === 1, { timeoutMs: 60_000 });
    await withoutDatabase();
    expect(await changed).toMatchObject({ outcome: 'reverted', error: { code: 'DEVICE_ERROR' } });
    expect(addresses()).toEqual([]);
  }, 240_000);
});

describe('a change that is guarded', () => {
  it('is armed, made and confirmed when the database is back', async () => {
    const { device, slow, setFaults, rows, isTelnetOff } = lab(2);
    await slow('/system/scheduler');
    const changed = change(device, [TELNET_OFF]);
    await waitUntil('the first entry of the guard', () => rows('/system/scheduler').length > 0, { timeoutMs: 60_000 });
    await withoutDatabase();
    await setFaults([]);
    expect(await changed).toMatchObject({ outcome: 'applied', error: null });
    expect([isTelnetOff(), rows('/system/scheduler')]).toEqual([true, []]);
  }, 240_000);

  it('is not made when writing is stopped while it is armed, and leaves no guard', async () => {
    const { device, slow, setFaults, rows, isTelnetOff } = lab(3);
    await slow('/system/scheduler');
    const changed = change(device, [TELNET_OFF]);
    await waitUntil('the first entry of the guard', () => rows('/system/scheduler').length > 0, { timeoutMs: 60_000 });
    await platform.database.stops.place({
      stopId: 'stp_while_armed',
      scope: { on: 'device', deviceId: device.deviceId },
      reason: 'test',
      placedBy: 'olga',
      placedByName: 'olga@example.test',
    });
    const result = await changed;
    await setFaults([]);
    expect(result).toMatchObject({ outcome: 'refused', isHeld: true, error: { code: 'EMERGENCY_STOP' } });
    expect([isTelnetOff(), rows('/system/scheduler')]).toEqual([false, []]);
  }, 240_000);
});

it('a change that waited for its own side replays', async () => {
  expect([...(await expectAllToReplay(platform))]).toContain('deviceChangeWorkflow');
}, 180_000);
