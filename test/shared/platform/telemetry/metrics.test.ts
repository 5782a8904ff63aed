import { expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { createMetrics, METRICS } from '../../../../shared/platform/telemetry/metrics.ts';
import { serveMetrics } from '../../../../shared/platform/telemetry/serve-metrics.ts';

test('keeps the names that dashboards and alerts go by', () => {
  expect(Object.values(METRICS).map(({ name, labels }) => `${name}{${labels.join()}}`)).toEqual([
    'convoy_http_request_seconds{method,route,status}',
    'convoy_operation_seconds{operation,outcome,door}',
    'convoy_calls_total{operation,surface,outcome}',
    'convoy_calls_refused_total{surface,code}',
    'convoy_tokens_verified_total{outcome}',
    'convoy_issuer_key_reads_total{outcome}',
    'convoy_issuer_keys_read_timestamp_seconds{}',
    'convoy_routeros_request_seconds{outcome}',
    'convoy_lane_wait_seconds{}',
    'convoy_queue_wait_seconds{queue}',
    'convoy_activity_seconds{activity,outcome}',
    'convoy_breaker_changes_total{state}',
    'convoy_lanes_open{}',
    'convoy_lanes_opened_total{}',
    'convoy_lanes_closed_total{reason}',
    'convoy_plans_total{status}',
    'convoy_approvals_total{decision,outcome}',
    'convoy_rollout_devices_total{outcome}',
    'convoy_emergency_stops_active{}',
    'convoy_webhook_attempts_total{outcome}',
    'convoy_log_lines_lost_total{}',
    'convoy_database_condition{}',
    'convoy_clock_offset_seconds{}',
    'convoy_trace_spans_exported_total{outcome}',
    'convoy_health_checks_total{outcome}',
    'convoy_device_metric_visits_total{outcome}',
    'convoy_plans_open{status}',
    'convoy_devices{status}',
    'convoy_breakers_open{}',
    'convoy_schedule_success_timestamp_seconds{schedule}',
    'convoy_schedule_every_seconds{schedule}',
    'convoy_audit_unanchored_records{}',
    'convoy_audit_anchored_timestamp_seconds{}',
    'convoy_audit_events_total{outcome}',
  ]);
});

test('names every metric with our prefix and its unit, and never labels by device, plan or person', () => {
  for (const { name, type, labels } of Object.values(METRICS)) {
    expect(name).toMatch(type === 'counter' ? /^convoy_[a-z_]+_total$/ : /^convoy_[a-z_]+$/);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    for (const label of labels) expect(label).not.toMatch(/device|plan|person|user|sub|address|id$/i);
  }
});

test('serves what was counted', async () => {
  const metrics = createMetrics();
  const server = await serveMetrics({ port: 0, metrics });
  onTestFinished(() => server.close());
  metrics.operationSeconds.observe({ operation: 'get_dns_status', outcome: 'ok', door: 'nexus' }, 0.004);
  metrics.plans.inc({ status: 'completed' });
  metrics.lanesOpen.set(3);

  const reply = await fetch(`${server.url}/metrics`);
  const text = await reply.text();
  expect(reply.headers.get('content-type')).toContain('text/plain');
  expect(text).toContain('convoy_plans_total{status="completed"} 1');
  expect(text).toContain('convoy_lanes_open 3');
  expect(text).toContain(
    'convoy_operation_seconds_bucket{le="0.005",operation="get_dns_status",outcome="ok",door="nexus"} 1',
  );
  expect(text).toContain('process_cpu_seconds_total');
});

test('keeps the metrics of two registries in one process apart', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.lanesOpened.inc();
  expect(await other.registry.getSingleMetricAsString('convoy_lanes_opened_total')).toContain('total 0');
});

test('refuses labels that the table does not have', () => {
  const metrics = createMetrics();
  // @ts-expect-error the table has no such label
  expect(() => metrics.plans.inc({ deviceId: 'dev_1' })).toThrow('deviceId');
});

test('answers /healthz with facts while well and with 503 and the code while not', async () => {
  let fails = false;
  const healthz = (): Record<string, unknown> => {
    if (fails) throw new AppError('SERVICE_UNAVAILABLE');
    return { lanes: 2 };
  };
  const server = await serveMetrics({ port: 0, metrics: createMetrics(), healthz });
  onTestFinished(() => server.close());

  const well = await fetch(`${server.url}/healthz`);
  expect([well.status, await well.json()]).toEqual([200, { status: 'ok', lanes: 2 }]);
  fails = true;
  const ill = await fetch(`${server.url}/healthz`);
  expect([ill.status, await ill.json()]).toMatchObject([503, { status: 'failing', code: 'SERVICE_UNAVAILABLE' }]);
});

test('answers 404 and 405 to everything else', async () => {
  const server = await serveMetrics({ port: 0, metrics: createMetrics() });
  onTestFinished(() => server.close());
  expect((await fetch(`${server.url}/`)).status).toBe(404);
  expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(405);
});

test('serves nothing without a port and says which variable to change when the port is taken', async () => {
  expect(await serveMetrics({ port: undefined, metrics: createMetrics() })).toBeNull();
  const server = await serveMetrics({ port: 0, metrics: createMetrics() });
  onTestFinished(() => server.close());
  await expect(serveMetrics({ port: server.port, metrics: createMetrics() })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: `The metrics port ${server.port} on 127.0.0.1 cannot be opened (EADDRINUSE).`,
    hint: expect.stringContaining('CONVOY_METRICS_PORT'),
  });
});
