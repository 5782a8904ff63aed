import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { findFreePorts } from '../../../cli/stack/ports.ts';
import { testTool } from '../../support/tools.ts';
import { waitUntil } from '../../support/wait-until.ts';

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  doubleValue: z.number().optional(),
});
const Attributes = z.array(z.object({ key: z.string(), value: Value })).default([]);
const SpanRecord = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: Attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
});
/** As the collector's file exporter writes it: OTLP in protobuf's JSON form. */
const Line = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(SpanRecord) })),
    }),
  ),
});

/** A span as the collector received it. */
export interface ReceivedSpan extends Omit<z.infer<typeof SpanRecord>, 'attributes'> {
  service: string;
  attributes: Record<string, string | boolean | number | undefined>;
}

export interface Collector {
  /** Base of its OTLP over HTTP. */
  endpoint: string;
  spans(): Promise<ReceivedSpan[]>;
  /** What arrived, as it is in its file. */
  text(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the OpenTelemetry collector, which takes OTLP over HTTP and writes what it gets to a file of the folder. */
export async function startCollector(folder: string): Promise<Collector> {
  const [port = 0] = await findFreePorts(1);
  const file = path.join(folder, 'spans.jsonl');
  const settings = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { file: { path: file, flush_interval: '100ms' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['file'] } },
    },
  };
  const config = path.join(folder, 'collector.yaml');
  await writeFile(config, JSON.stringify(settings));
  const collector = spawn(testTool('otelcol'), [`--config=${config}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  collector.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitUntil('the collector to be ready', async () => {
    if (collector.exitCode !== null) throw new Error(said);
    return said.includes('Everything is ready');
  });
  const text = () => readFile(file, 'utf8').catch(() => '');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    text,
    spans: async () => (await text()).split('\n').slice(0, -1).flatMap(spansOf),
    async stop() {
      if (collector.exitCode !== null || collector.signalCode !== null) return;
      const gone = once(collector, 'exit');
      collector.kill('SIGKILL');
      await gone;
    },
  };
}

function spansOf(line: string): ReceivedSpan[] {
  return Line.parse(JSON.parse(line)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plain(resource.attributes)['service.name']);
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({ ...span, service, attributes: plain(span.attributes) }));
  });
}

function plain(attributes: z.infer<typeof Attributes>): ReceivedSpan['attributes'] {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, boolValue, doubleValue } }) => [
      key,
      stringValue ?? (intValue === undefined ? (boolValue ?? doubleValue) : Number(intValue)),
    ]),
  );
}
