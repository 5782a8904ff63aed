import { execFile } from 'node:child_process';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { METRICS } from '../../shared/platform/telemetry/metrics.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testTool } from '../support/tools.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

const Rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.object({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const Dashboard = z.object({
  uid: z.string(),
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

const rules = Rules.parse(parse(await readFile(`${root}deploy/prometheus/alerts.yml`, 'utf8'))).groups.flatMap(
  (group) => group.rules,
);
const files = (await readdir(`${root}deploy/grafana`)).map((name) => `${root}deploy/grafana/${name}`);
const dashboards = await Promise.all(
  files.map(async (file) => Dashboard.parse(JSON.parse(await readFile(file, 'utf8')))),
);
const queries = dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)));

/** Names as Prometheus knows them; a histogram has three. */
const known = new Set(
  Object.values(METRICS).flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  ),
);

test("the alert rules are as Prometheus' own tool takes them, and fire when they shall and not before", async () => {
  await run(testTool('promtool'), ['check', 'rules', 'deploy/prometheus/alerts.yml'], { cwd: root });
  const { stdout } = await run(testTool('promtool'), ['test', 'rules', 'deploy/prometheus/alerts.test.yml'], {
    cwd: root,
  });
  expect(stdout).toContain('SUCCESS');
});

test("the dashboards fit Grafana's schema, and their queries are ones that Prometheus takes", async () => {
  await run(testTool('dashboard-check'), files);
  const groups = [
    {
      name: 'queries',
      rules: queries.map((expr, index) => ({
        record: `query_${index}`,
        expr: expr.replaceAll('$__rate_interval', '5m'),
      })),
    },
  ];
  const file = path.join(await temporaryFolder(), 'queries.json');
  await writeFile(file, JSON.stringify({ groups }));
  await run(testTool('promtool'), ['check', 'rules', file]);
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(files.length);
});

test('every metric and label that an alert or a dashboard names is in the table', () => {
  const labels = new Set([
    'le',
    'job',
    'instance',
    ...Object.values(METRICS).flatMap((row) => row.labels as readonly string[]),
  ]);
  for (const query of [...rules.map(({ expr }) => expr), ...queries]) {
    const names = query.match(/\bconvoy_[a-z_]+/g) ?? [];
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    const used = [...query.matchAll(/([a-z_]+)(?==~?"|!=")/g)].map(([, label]) => label ?? '');
    expect(used.filter((label) => !labels.has(label))).toEqual([]);
    expect(names.length > 0 || query.startsWith('up{')).toBe(true);
  }
});

test('every metric of ours is on a dashboard or in an alert', () => {
  const shown = [...queries, ...rules.map(({ expr }) => expr)].join('\n');
  const missing = Object.values(METRICS).filter(({ name }) => !shown.includes(name));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('every alert has a runbook', async () => {
  for (const { alert, annotations } of rules) {
    await access(`${root}${annotations.runbook}`);
    expect(alert).toMatch(/^Convoy[A-Z]/);
  }
});
