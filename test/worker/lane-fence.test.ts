import { expect, it } from 'vitest';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Device } from '../../shared/domain/device.ts';
import { DatabaseAway } from '../../shared/platform/persistence/database-error.ts';
import { createKnownLanes } from '../../worker/known-lanes.ts';
import { takeFence } from '../../worker/lane-fence.ts';

/** A table of epochs that may be away or read-only. */
function epochs() {
  const state = { failure: null as Error | null, epoch: 0 };
  const fail = (): void => {
    if (state.failure !== null) throw state.failure;
  };
  return {
    state,
    takeEpoch: async () => {
      fail();
      return (state.epoch += 1);
    },
    isCurrent: async (_: string, epoch: number) => {
      fail();
      return epoch === state.epoch;
    },
  };
}

it.each([
  ['away', new DatabaseAway('ECONNREFUSED'), 'SERVICE_UNAVAILABLE'],
  ['read-only', new AppError('SERVICE_READ_ONLY'), 'SERVICE_READ_ONLY'],
])(
  'a lane that was opened while the database was %s writes nothing before it has its epoch',
  async (_, failure, code) => {
    const lanes = epochs();
    lanes.state.failure = failure;
    const fence = await takeFence(lanes, 'dev_1', 'a worker');
    expect(fence.epoch()).toBeNull();
    await expect(fence.assertOwner()).rejects.toMatchObject({ code });
    lanes.state.failure = null;
    // Several steps that come at once share one epoch.
    await Promise.all([fence.assertOwner(), fence.assertOwner()]);
    expect(fence.epoch()).toBe(1);
    expect(fence.lost.aborted).toBe(false);
    lanes.state.epoch = 2;
    await expect(fence.assertOwner()).rejects.toMatchObject({ code: 'LANE_LOST' });
    expect(fence.lost.aborted).toBe(true);
  },
);

it('a lane is opened with what was read last while the database is away, and never for a device that is gone', async () => {
  let failure: Error | null = null;
  let sealed: string | null = 'sealed-1';
  const device = { deviceId: 'dev_1', status: 'healthy' } as Device;
  const answer = async <T>(value: T): Promise<T> => {
    if (failure !== null) throw failure;
    return value;
  };
  const database = {
    devices: { get: () => answer(device) },
    credentials: { get: () => answer(sealed) },
    lanes: { breaker: () => answer(null) },
  } as unknown as Parameters<typeof createKnownLanes>[0]['database'];
  const known = createKnownLanes({ database });
  failure = new DatabaseAway('ECONNREFUSED');
  await expect(known.settingsOf('dev_1')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  failure = null;
  await known.settingsOf('dev_1');
  failure = new DatabaseAway('ECONNREFUSED');
  expect(await known.settingsOf('dev_1')).toMatchObject({ sealed: 'sealed-1' });
  failure = null;
  sealed = null;
  await expect(known.settingsOf('dev_1')).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  failure = new DatabaseAway('ECONNREFUSED');
  await expect(known.settingsOf('dev_1')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
