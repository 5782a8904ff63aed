import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { trace, context } from '@opentelemetry/api';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../../../shared/platform/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../../../shared/platform/telemetry/metrics.ts';
import { currentTrace, currentTraceparent, inSpan, recordSpan } from '../../../../shared/platform/telemetry/spans.ts';
import { startTracing, type Tracing } from '../../../../shared/platform/telemetry/tracing.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const TRACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', isSampled: true };

afterEach(() => {
  trace.disable();
  context.disable();
});

/** Answers every request with the status, or never. */
async function collectorThat(answers: number | 'never'): Promise<string> {
  const server = createServer((_, response) => void (answers !== 'never' && response.writeHead(answers).end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function start(
  otlpEndpoint: string | undefined,
  given: { traceRatio?: number; trustsCallers?: boolean } = {},
): { tracing: Tracing; metrics: Metrics; log: Record<string, unknown>[] } {
  const metrics = createMetrics();
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const { traceRatio = 1, trustsCallers = false } = given;
  const tracing = startTracing({
    name: 'web',
    settings: { otlpEndpoint, traceRatio },
    trustsCallers,
    log: createLogger({ name: 'web', destination }),
    metrics,
  });
  return { tracing, metrics, log: lines };
}

it('does nothing without a collector: no trace, no header, and work as before', async () => {
  const { tracing } = start(undefined);
  const seen = await inSpan('a', { parent: TRACE }, async () => [currentTraceparent(), 'done']);
  expect(seen[1]).toBe('done');
  tracing.emit({ ...TRACE, parentSpanId: TRACE.spanId, name: 'w', startMs: 0, endMs: 1 }, {});
  await tracing.close();
});

it.each([['refuses', 500] as const, ['takes no more', 429] as const])(
  'is not disturbed by a collector that %s, and counts and says so once',
  async (_, status) => {
    const { tracing, metrics, log } = start(await collectorThat(status));
    expect(await inSpan('a', {}, async () => 'done')).toBe('done');
    await expect(
      inSpan('b', {}, async () => {
        throw new RangeError('with 192.0.2.1 in it');
      }),
    ).rejects.toThrow('with 192.0.2.1 in it');
    await tracing.close();
    await waitUntil('the failure to be counted', async () => (await metrics.spansExported.get()).values.length > 0);
    expect((await metrics.spansExported.get()).values).toMatchObject([{ value: 2, labels: { outcome: 'failed' } }]);
    expect(log.filter(({ event }) => event === 'tracing.export_failed')).toHaveLength(1);
  },
);

it('ends in time when the collector never answers', async () => {
  const { tracing } = start(await collectorThat('never'));
  await inSpan('a', {}, async () => undefined);
  const startedAt = performance.now();
  await tracing.close();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

it('goes on in the trace of a caller, and takes its own share of what callers want recorded', async () => {
  const endpoint = await collectorThat(200);
  const all = start(endpoint, { trustsCallers: true, traceRatio: 0 });
  const trusted = await inSpan('a', { parent: TRACE }, async () => currentTrace());
  expect(trusted).toMatchObject({ traceId: TRACE.traceId, isSampled: true });
  await all.tracing.close();
  trace.disable();
  context.disable();

  const none = start(endpoint, { traceRatio: 0 });
  const untrusted = await inSpan('a', { parent: TRACE }, async () => currentTrace());
  expect(untrusted).toMatchObject({ traceId: TRACE.traceId, isSampled: false });
  expect(untrusted?.spanId).not.toBe(TRACE.spanId);
  await none.tracing.close();
});

it('adds nothing that belongs to no call', async () => {
  const { tracing, metrics } = start(await collectorThat(200));
  recordSpan('GET /rest', { durationMs: 5 });
  await inSpan('a', {}, async () => recordSpan('GET /rest', { durationMs: 5, errorType: 'timeout' }));
  await tracing.close();
  expect((await metrics.spansExported.get()).values).toMatchObject([{ value: 2, labels: { outcome: 'ok' } }]);
});
