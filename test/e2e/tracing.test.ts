import { expect, it, onTestFinished } from 'vitest';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { createLogger } from '../../shared/platform/telemetry/logger.ts';
import { createMetrics } from '../../shared/platform/telemetry/metrics.ts';
import { startTracing } from '../../shared/platform/telemetry/tracing.ts';
import { postModern } from '../mcp-server/support/mcp-calls.ts';
import { startFrontEnd } from '../mcp-server/support/start-front-end.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform } from '../support/platform.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startCollector, type ReceivedSpan } from './support/start-collector.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const OF_THE_CLIENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const MODEL_TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const OF_THE_MODEL = `00-${MODEL_TRACE_ID}-b7ad6b7169203331-01`;

/** The names from a span up to the first one that nobody sent. */
function pathOf(spans: readonly ReceivedSpan[], leaf: ReceivedSpan): string[] {
  const parent = spans.find(({ spanId }) => spanId === leaf.parentSpanId);
  return [`${leaf.service}: ${leaf.name}`, ...(parent === undefined ? [] : pathOf(spans, parent))];
}

it(
  'follows a call from the client through workflow and activity to each request of the router',
  { timeout: 120_000 },
  async () => {
    const collector = await startCollector(await temporaryFolder());
    onTestFinished(() => collector.stop());
    const platform = await startPlatform({ routers: 1, workers: 0 });
    onTestFinished(() => platform.stop());
    const worker = await platform.startWorker({ CONVOY_OTLP_ENDPOINT: collector.endpoint });
    const log: string[] = [];
    const metrics = createMetrics();
    const tracing = startTracing({
      name: 'web',
      settings: { otlpEndpoint: collector.endpoint, traceRatio: 1 },
      trustsCallers: false,
      log: createLogger({ name: 'web', destination: { write: (line: string) => void log.push(line) } }),
      metrics,
    });
    const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
    const { database, fleet } = platform;
    const front = await startFrontEnd({ backEnd: { database, fleet, keyring } });
    const token = await front.tokenOf('operator');
    const [device] = platform.devices;
    const deviceId = device?.deviceId ?? '';

    const args = { deviceId, dnsServers: ['9.9.9.9', '149.112.112.112'] };
    const call = { method: 'tools/call', params: { name: 'update_dns_servers', arguments: args } };
    const written = await postModern(front, token, call, { traceparent: OF_THE_CLIENT });
    expect(await written.text()).toContain('"outcome":"applied"');
    expect(written.headers.get('x-correlation-id')).toBe(TRACE_ID);

    // A read, by the fast door, whose client names its trace in the message.
    const params = { name: 'get_dns_status', arguments: { deviceId }, _meta: { traceparent: OF_THE_MODEL } };
    const read = { method: 'tools/call', params };
    const answer = await postModern(front, token, read);
    expect(answer.status).toBe(200);
    const ownTrace = String(answer.headers.get('x-correlation-id'));
    expect(ownTrace).toMatch(/^[0-9a-f]{32}$/);

    await worker.kill('SIGTERM');
    await tracing.close();
    const spans = await waitUntil('the last span of both', async () => {
      const received = await collector.spans();
      const isOf = (name: string, traceId: string) =>
        received.some((span) => span.name.startsWith(name) && span.traceId === traceId);
      return (
        isOf('POST /mcp', TRACE_ID) &&
        isOf('POST /mcp', ownTrace) &&
        isOf('GET /rest/ip/dns', MODEL_TRACE_ID) &&
        received
      );
    });

    const patch = spans.find(({ name, traceId }) => name === 'POST /rest/ip/dns/set' && traceId === TRACE_ID);
    expect(patch && pathOf(spans, patch)).toEqual([
      'convoy-worker: POST /rest/ip/dns/set',
      'convoy-worker: RunActivity:writeStep',
      'convoy-worker: RunWorkflow:deviceChangeWorkflow',
      'convoy-web: StartWorkflow:deviceChangeWorkflow',
      'convoy-web: call update_dns_servers',
      'convoy-web: tools/call update_dns_servers',
      'convoy-web: POST /mcp',
    ]);
    expect(patch?.attributes).toEqual({
      'http.request.method': 'POST',
      'url.template': '/rest/ip/dns/set',
      'server.address': deviceId,
      'http.response.status_code': 200,
    });
    const request = spans.find(({ name, traceId }) => name === 'POST /mcp' && traceId === TRACE_ID);
    expect(request?.parentSpanId).toBe('00f067aa0ba902b7');
    const asked = spans.find(({ name, traceId }) => name.startsWith('GET /rest/ip/dns') && traceId === MODEL_TRACE_ID);
    expect(asked && pathOf(spans, asked)).toEqual([
      expect.stringMatching('convoy-worker: GET /rest/ip/dns'),
      'convoy-worker: RunNexusOperation:convoy-lane/read',
      'convoy-web: StartNexusOperation:convoy-lane/read',
      'convoy-web: call get_dns_status',
      'convoy-web: tools/call get_dns_status',
    ]);
    const message = spans.find(({ name }) => name === 'tools/call get_dns_status');
    expect(message).toMatchObject({ parentSpanId: 'b7ad6b7169203331', links: [{ traceId: ownTrace }] });
    expect(spans.filter(({ name }) => name === 'authorize')).toHaveLength(2);

    const text = await collector.text();
    for (const secret of ['9.9.9.9', device?.host ?? '', device?.name ?? '', token, 'proplist']) {
      expect(text).not.toContain(secret);
    }
    const recorded = await database.audit.list({ deviceId, limit: 10 });
    expect(recorded.map(({ traceId }) => traceId)).toContain(TRACE_ID);
    expect(front.log.filter(({ trace_id }) => trace_id === TRACE_ID)).not.toEqual([]);
    expect(await metrics.spansExported.get()).toMatchObject({ values: [{ labels: { outcome: 'ok' } }] });
    expect([...(await expectAllToReplay(platform))]).toContain('deviceChangeWorkflow');
  },
);
