import { expect, it } from 'vitest';
import type { MetricSample } from '../../../shared/domain/device-metrics/measures.ts';
import { parseOpenMetrics } from '../../support/open-metrics.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const NOW_MS = Date.now();
const MINUTE_MS = 60_000;

it('answers what a device measured, its interfaces and pools, by tool and by route', async () => {
  const front = await startFrontEnd();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  const viewer = await front.tokenOf('viewer');
  const nothing = await callTool(front, viewer, 'get_device_metrics', { deviceId });
  expect(nothing.content[0]?.text).toMatch(/^Nothing was collected of lab-01/);

  const samples = [30, 20, 10].map((minutes) => ({ counters: null, sample: sampleAt(deviceId, minutes) }));
  await front.database.deviceMetrics.append(samples);

  const path = '/devices/lab-01/metrics';
  const own = await callApi(front, viewer, 'GET', `${path}?stepSeconds=86400&aggregate=max&measures=cpuLoadPercent`);
  expect(own.body).toMatchObject({
    of: 'device',
    name: null,
    resolution: 'day',
    aggregate: 'max',
    measures: [{ name: 'cpuLoadPercent', unit: 'percent' }],
    interfaces: ['ether1'],
    pools: ['lan'],
  });
  const points = own.body['points'] as { values: { cpuLoadPercent: number } }[];
  expect(Math.max(...points.map(({ values }) => values.cpuLoadPercent))).toBe(30);

  const { structuredContent: traffic } = await callTool(front, viewer, 'get_device_metrics', {
    deviceId: 'lab-01',
    interface: 'ether1',
    from: timeAt(60),
    stepSeconds: 60,
  });
  expect(traffic).toMatchObject({ of: 'interface', name: 'ether1', resolution: 'raw', keptFrom: timeAt(30) });
  expect((traffic as { points: unknown[] }).points).toHaveLength(3);

  const refused = {
    [`${path}?interface=ether9`]: [404, 'Nothing was ever collected of an interface of this name.'],
    [`${path}?interface=ether1&pool=lan`]: [422, 'pool: give either interface or pool; both were given.'],
    [`${path}?measures=rxBps`]: [422, 'measures: rxBps is not measured of a device; there are cpuLoadPercent'],
    [`${path}?from=${timeAt(1)}&to=${timeAt(2)}`]: [422, 'is not before to'],
    [`${path}?from=2020-01-01T00:00:00Z&stepSeconds=60`]: [422, 'an answer has at most 1000'],
    [`${path}?stepSeconds=59`]: [422, 'stepSeconds'],
    [`${path}?step=60`]: [422, 'step'],
    '/devices/lab-99/metrics': [404, 'lab-99'],
  };
  for (const [address, [status, text]] of Object.entries(refused)) {
    const answer = await callApi(front, viewer, 'GET', address);
    expect([answer.status, JSON.stringify(answer.body)], address).toEqual([
      status,
      expect.stringContaining(String(text)),
    ]);
  }
});

it('gives the newest values as OpenMetrics, of one device or page by page of those that the caller may see', async () => {
  const front = await startFrontEnd();
  const viewer = await front.tokenOf('viewer');
  const devices = [];
  for (const name of ['lab-01', 'lab-02', 'lab-03']) devices.push(await addDevice(front.database, name));
  const samples = devices.map(({ deviceId }) => ({ counters: null, sample: sampleAt(deviceId, 5) }));
  const odd = 'a"b\\\\c\nd';
  samples[0]!.sample.interfaces[0]!.name = odd;
  await front.database.deviceMetrics.append(samples);
  const scrape = async (query: string) => {
    const headers = { authorization: `Bearer ${viewer}`, accept: 'application/openmetrics-text;version=1.0.0' };
    const response = await fetch(`${front.apiUrl}/openmetrics${query}`, { headers });
    return { response, text: await response.text() };
  };
  const { response, text } = await scrape('?limit=2');
  expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  const parsed = parseOpenMetrics(text);
  expect(parsed).toContainEqual({
    metric: 'convoy_device_cpu_load_percent',
    labels: { device_id: devices[0]!.deviceId, device: 'lab-01', environment: 'lab' },
    value: 5,
    timestamp: Date.parse(timeAt(5)) / 1000,
  });
  expect(
    parsed.filter(({ metric }) => metric.endsWith('received_bits_per_second')).map(({ labels }) => labels),
  ).toMatchObject([
    { device: 'lab-01', interface: odd.replace('\n', String.raw`\u{a}`) },
    { device: 'lab-02', interface: 'ether1' },
  ]);
  expect(parsed.some(({ metric }) => metric.includes('celsius'))).toBe(false);

  const next = /<(.+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? '';
  const rest = parseOpenMetrics((await scrape(new URL(next).search)).text);
  expect(new Set(rest.map(({ labels }) => labels['device']))).toEqual(new Set(['lab-03']));

  const one = parseOpenMetrics((await scrape('?deviceId=lab-02')).text);
  expect(new Set(one.map(({ labels }) => labels['device']))).toEqual(new Set(['lab-02']));
  expect((await scrape('?deviceId=lab-02&maxAgeSeconds=60')).text).toBe('# EOF\n');
  expect((await scrape('?deviceId=lab-99')).response.status).toBe(404);
  expect((await scrape('?limit=501')).response.status).toBe(422);
  expect((await fetch(`${front.apiUrl}/openmetrics`)).status).toBe(401);
});

function timeAt(minutesAgo: number): string {
  return new Date(NOW_MS - minutesAgo * MINUTE_MS).toISOString();
}

function sampleAt(deviceId: string, minutesAgo: number): MetricSample {
  return {
    deviceId,
    at: timeAt(minutesAgo),
    device: {
      cpuLoadPercent: minutesAgo,
      memoryUsedPercent: 40.5,
      diskUsedPercent: 20,
      temperatureCelsius: null,
      voltage: 24.1,
      failedSupplies: 0,
      uptimeSeconds: 3600,
      wirelessClients: 0,
      dhcpLeases: 3,
    },
    interfaces: [
      {
        name: 'ether1',
        values: {
          rxBps: 8e6,
          txBps: 1,
          rxPacketsPerSecond: 2,
          txPacketsPerSecond: 3,
          errorsPerSecond: 0,
          dropsPerSecond: 0,
        },
      },
    ],
    pools: [{ name: 'lan', values: { usedAddresses: 12, totalAddresses: 100 } }],
  };
}
