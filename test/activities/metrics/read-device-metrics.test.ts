import { expect, onTestFinished, test } from 'vitest';
import { createKnownMenus } from '../../../activities/metrics/known-menus.ts';
import { METRIC_MENUS, readDeviceMetrics } from '../../../activities/metrics/read-device-metrics.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { ratesBetween } from '../../../shared/domain/device-metrics/counter-rates.ts';
import type { FleetOptions } from '../../../simulator/fleet.ts';
import { PATIENT_LIMITS, startDevice } from '../routeros/simulated-device.ts';

const DEVICE_ID = 'dev_01J00000000000000000000001';

test('reads what a board measures, and rates from the second visit on', async () => {
  const { device, read } = await startRead({ board: 'rb5009' });
  const first = await read();
  expect(first.device).toMatchObject({
    cpuLoadPercent: expect.any(Number),
    memoryUsedPercent: expect.any(Number),
    diskUsedPercent: expect.any(Number),
    temperatureCelsius: expect.any(Number),
    voltage: expect.any(Number),
    dhcpLeases: expect.any(Number),
  });
  expect(first.pools.length).toBeGreaterThan(0);
  for (const { values } of first.pools) expect(values.usedAddresses).toBeLessThanOrEqual(values.totalAddresses ?? 0);

  await device.advance(300);
  const second = await read();
  const seen = { before: first.counters!, now: second.counters! };
  const rates = ratesBetween(seen, { mostSeconds: 600 });
  expect(rates.map(({ name }) => name)).toContain('ether1');
  expect(rates.every(({ values }) => values.rxBps !== null && values.dropsPerSecond !== null)).toBe(true);

  await device.restart();
  const third = await read();
  expect(third.device.uptimeSeconds).toBeLessThan(second.device.uptimeSeconds ?? 0);
  expect(ratesBetween({ before: second.counters!, now: third.counters! }, { mostSeconds: 600 })).toEqual([]);
});

test('counts the power supplies that do not work; a board that does not tell of any has none to count', async () => {
  const { device, read } = await startRead({ board: 'ccr2004' });
  expect((await read()).device.failedSupplies).toBe(0);
  const detail = JSON.stringify([
    { '.id': '*1', name: 'psu1-state', type: '', value: 'ok' },
    { '.id': '*2', name: 'psu2-state', type: '', value: 'fail' },
  ]);
  await device.faults([{ kind: 'wrong_body', match: { path: '/system/health' }, detail }]);
  expect((await read()).device.failedSupplies).toBe(1);
  const { read: readOther } = await startRead({ board: 'rb5009' });
  expect((await readOther()).device.failedSupplies).toBeNull();
});

test.each<[Partial<FleetOptions>]>([
  [{ board: 'chr', version: '7.12.2' }],
  [{ board: 'chr', version: '7.22.3' }],
  [{ board: 'hap_ax2', version: '7.16.2' }],
  [{ board: 'hap_ac2', version: '7.20.8' }],
])('asks %j no more than it has to, and what it lacks once', async (options) => {
  const { device, read } = await startRead(options);
  const { device: values } = await read();
  expect(values.cpuLoadPercent).not.toBeNull();
  expect(values.wirelessClients === null && options.board !== 'chr').toBe(false);
  const asked = device.observed.length;
  await read();
  const again = device.observed.slice(asked);
  expect(again.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  expect(again.length).toBeLessThanOrEqual(9);
});

async function startRead(options: Partial<FleetOptions>) {
  const device = await startDevice({ http: true, ...options });
  onTestFinished(device.stop);
  const menus = createKnownMenus();
  return {
    device,
    /** One visit, over a connection of its own. */
    read: async () => {
      const opened = openRouter({
        ...device.target,
        limits: PATIENT_LIMITS,
        paths: METRIC_MENUS,
        effect: 'read',
      });
      try {
        return await readDeviceMetrics(opened.router, DEVICE_ID, menus);
      } finally {
        await opened.close();
      }
    },
  };
}
