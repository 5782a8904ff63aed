import { expect, test } from 'vitest';
import { createHealthLines } from '../../../mcp-server/devices/health-line.ts';
import type { DeviceStatusRecord } from '../../../shared/platform/persistence/stores/device-status-store.ts';
import { waitUntil } from '../../support/wait-until.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const healthy = (deviceId: string): DeviceStatusRecord => ({
  deviceId,
  status: 'healthy',
  since: SINCE,
  checkedAt: SINCE,
  lastSeenAt: SINCE,
  reasons: [],
  isFlapping: false,
});

function statuses() {
  const state = { asked: [] as (readonly string[])[], awaySince: null as string | null, failure: null as Error | null };
  const lines = createHealthLines(
    {
      getMany: async (deviceIds) => {
        state.asked.push(deviceIds);
        if (state.failure) throw state.failure;
        return new Map(deviceIds.filter((id) => id !== 'new').map((id) => [id, healthy(id)]));
      },
    },
    () => state.awaySince,
  );
  return { state, lines };
}

test('how a device is, is asked for once a second, and only of devices that were not asked for', async () => {
  const { state, lines } = statuses();
  expect((await lines(['a', 'new'])).get('new')).toMatchObject({ status: 'unknown', since: null });
  const both = await lines(['a', 'b']);
  expect([...both.keys()].sort()).toEqual(['a', 'b']);
  expect(both.get('a')).toEqual({ status: 'healthy', since: SINCE, lastSeenAt: SINCE, isFlapping: false });
  expect(state.asked).toEqual([['a', 'new'], ['b']]);
  await waitUntil('the line to be forgotten', async () => {
    await lines(['a']);
    return state.asked.length > 2;
  });
  expect(state.asked.at(-1)).toEqual(['a']);
});

test('nothing is said of devices while the database is away, also when it went away just now', async () => {
  const { state, lines } = statuses();
  await lines(['a']);
  state.failure = new Error('ECONNREFUSED');
  await expect(lines(['b'])).rejects.toThrow('ECONNREFUSED');
  state.awaySince = SINCE;
  expect(await lines(['a'])).toEqual(new Map());
});
