import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Device } from '../../../shared/domain/device.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Fault } from '../../../simulator/router/fault.ts';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';

/** Half of the fleet is away: some routers refuse connections, some take requests and never answer. */
const ROUTERS = 12;
const ROUNDS = 5;
const DEAD: readonly Fault['kind'][] = ['refuse', 'hang'];

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: ROUTERS });
}, 120_000);
afterAll(() => platform?.stop());

const isDead = (index: number): boolean => index % 2 === 1;

async function identityOf({ deviceId }: Device): Promise<unknown> {
  const { output } = await platform.fleet.read({ deviceId, operation: 'get_system_overview', input: {} });
  return output['identity'];
}

async function putFaults({ name }: Device, faults: readonly Fault[]): Promise<void> {
  const response = await fetch(`${platform.simulator.controlUrl}/devices/${name}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  });
  expect(response.ok).toBe(true);
}

it('the living half is answered rightly and waits for no dead router, and the dead ones are answered when they live', async () => {
  const living = platform.devices.filter((_, index) => !isDead(index));
  const dead = platform.devices.filter((_, index) => isDead(index));
  await Promise.all(living.map(identityOf));
  await Promise.all(dead.map((device, index) => putFaults(device, [{ kind: DEAD[index % DEAD.length] ?? 'hang' }])));

  const order: string[] = [];
  const asked = dead.map(async (device) => {
    const failure: unknown = await identityOf(device).catch((error: unknown) => error);
    order.push(device.name);
    return failure instanceof AppError ? failure.code : `${device.name} answered ${String(failure)}`;
  });
  for (let round = 0; round < ROUNDS; round++) {
    // oxlint-disable-next-line no-await-in-loop -- one round after the other, while the dead ones are waited for
    const answers = await Promise.all(living.map(identityOf));
    order.push(`round ${round}`);
    expect(answers).toEqual(living.map(({ name }) => name));
  }
  const codes = await Promise.all(asked);
  for (const code of codes) {
    expect(['DEVICE_UNREACHABLE', 'DEVICE_TIMEOUT', 'DEVICE_COOLING_DOWN', 'TIMEOUT']).toContain(code);
  }
  // Those that hang take as long as a router may take, which is longer than all others need together.
  const hanging = dead.filter((_, index) => DEAD[index % DEAD.length] === 'hang').map(({ name }) => name);
  const firstOfHanging = Math.min(...hanging.map((name) => order.indexOf(name)));
  expect(order.indexOf('round 0')).toBeLessThan(firstOfHanging);

  await Promise.all(dead.map((device) => putFaults(device, [])));
  const again = await Promise.all(platform.devices.map(untilAnswered));
  expect(again).toEqual(platform.devices.map(({ name }) => name));
}, 240_000);

/** Left alone for a while after its failures, it is asked again when that is over. */
async function untilAnswered(device: Device): Promise<unknown> {
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- until it answers
      return await identityOf(device);
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error;
      const { retryAfterSeconds = 1 } = (error.details ?? {}) as { retryAfterSeconds?: number };
      // oxlint-disable-next-line no-await-in-loop -- as it says
      await new Promise((resolve) => setTimeout(resolve, retryAfterSeconds * 1000));
    }
  }
}
