import { executeSql } from '../../cli/stack/postgres-admin.ts';
import { tokenOf, withStack, type BenchStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';

type Say = (line: string) => void;

const DAYS = 30;
const QUERIES = 20;
const TARGET_MS = 200;

/** How long one device's last 30 days take to be answered, while those of a whole fleet are kept. */
export function measureMetricsQuery(say: Say, devices = 1_000): Promise<Figure[]> {
  const env = { CONVOY_DEVICE_METRICS_SECONDS: '0', CONVOY_HEALTH_INTERVAL_SECONDS: '0' };
  return withStack({ routers: 1, webs: 1, env, say }, async (running) => {
    const startedAt = performance.now();
    await fill(running.file.postgresUrl, devices);
    const seconds = (performance.now() - startedAt) / 1000;
    say(`${DAYS} days of ${devices} devices made in ${seconds.toFixed(0)} s`);
    return [
      await ask(running, { name: '30 days by the hour, of one device', query: 'stepSeconds=3600', target: TARGET_MS }),
      await ask(running, { name: '30 days by the day, of one device', query: 'stepSeconds=86400', target: TARGET_MS }),
      await ask(running, {
        name: '30 days in steps of 50 minutes, of values as collected',
        query: 'stepSeconds=3000',
        target: TARGET_MS,
      }),
    ];
  });
}

/** Values every five minutes of all devices, and their hours and days; the first device is the one that is registered. */
async function fill(postgresUrl: string, devices: number): Promise<void> {
  const begin = `date_trunc('day', now(), 'UTC') - interval '${DAYS} days'`;
  const measures = ['cpu_load_percent', 'memory_used_percent', 'disk_used_percent', 'temperature_celsius', 'voltage'];
  const more = ['uptime_seconds', 'wireless_clients', 'dhcp_leases'];
  const folds = [...measures, ...more].flatMap((column) => [
    `min(${column})`,
    `avg(${column})`,
    `max(${column})`,
    `max(${column})`,
  ]);
  const columns = [...measures, ...more].flatMap((column) =>
    ['min', 'avg', 'max', 'last'].map((fold) => `${column}_${fold}`),
  );
  await executeSql(postgresUrl, [
    `select add_metric_partitions(resolution, ${begin}, now()) from unnest(array['raw', 'hour', 'day']) as resolution`,
    `insert into device select (json_populate_record(device, json_build_object('device_id',
       'dev_' || lpad(number::text, 26, '0'), 'name', 'bench-' || number))).* from device, generate_series(2, ${devices}) as number`,
    `insert into metric_series (device_id, kind, name) select device_id, 'device', '' from device order by device_id desc`,
    `insert into metric_device_raw select series_id, at, random() * 100, 40, 20, 45, 24.1, extract(epoch from at), 12, 30
       from generate_series(${begin}, now(), interval '5 minutes') as at, metric_series`,
    ...(['hour', 'day'] as const).map(
      (length) => `insert into metric_device_${length} (series_id, at, samples, ${columns.join(', ')})
        select series_id, date_trunc('${length}', at, 'UTC') as part, count(*), ${folds.join(', ')}
          from metric_device_raw where at < date_trunc('${length}', now(), 'UTC') group by series_id, part`,
    ),
    'analyze',
  ]);
}

async function ask(
  { file, deviceIds }: BenchStack,
  { name, query, target }: { name: string; query: string; target: number },
): Promise<Figure> {
  const authorization = `Bearer ${await tokenOf(file, 'operator@convoy.test')}`;
  const from = new Date(Date.now() - DAYS * 86_400_000).toISOString();
  const url = `${new URL(file.mcpUrl).origin}/api/v1/devices/${deviceIds[0]}/metrics?from=${from}&${query}`;
  const times: number[] = [];
  let points = 0;
  for (let count = 0; count < QUERIES; count++) {
    const startedAt = performance.now();
    const response = await fetch(url, { headers: { authorization } });
    const body = (await response.json()) as { points?: unknown[] };
    times.push(performance.now() - startedAt);
    points = body.points?.length ?? 0;
    if (points < DAYS) throw new Error(`${url}: ${response.status} with ${points} points`);
  }
  const note = `p95 of ${QUERIES} calls of the API, ${points} points each, of many devices`;
  return { name, value: percentile(times, 0.95), unit: 'ms', target, note };
}
