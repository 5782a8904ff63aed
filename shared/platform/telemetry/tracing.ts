import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { WorkflowSpan } from '../../contract/workflow-span.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { recordWorkflowSpan, type SpanAttributes } from './spans.ts';

export interface TraceSettings {
  /** Base of the collector's OTLP over HTTP, such as http://127.0.0.1:4318. */
  otlpEndpoint?: string | undefined;
  /** The same by its standard name, which counts where the other is not set. */
  standardOtlpEndpoint?: string | undefined;
  /** Share of the traces that are recorded, 0 to 1. */
  traceRatio: number;
}

export interface TracingOptions {
  /** Of the process: `web`, `gateway` or `worker`; `convoy-` is put before it. */
  name: string;
  /** What the process was configured with; without an endpoint nothing is traced. */
  settings: TraceSettings;
  /**
   * Whether those who call are Convoy's own processes, whose word on what is recorded holds. Of others' traces the same share
   * is recorded as of those that begin here, so that nobody outside decides how much.
   */
  trustsCallers: boolean;
  log: Pick<Logger, 'warn' | 'info'>;
  metrics: Pick<Metrics, 'spansExported'>;
}

export interface Tracing {
  /** Takes what a workflow told of itself. */
  emit(span: WorkflowSpan, attributes: SpanAttributes): void;
  /** Sends what is left, for at most two seconds. */
  close(): Promise<void>;
}

const OFF: Tracing = { emit: () => undefined, close: async () => undefined };

/** Spans kept while the collector does not answer; beyond that they are given up. */
const MAX_QUEUE = 8_192;
const EXPORT_EVERY_MS = 2_000;
/** How long a batch may be on its way. */
const EXPORT_TIMEOUT_MS = 5_000;
/** A process that is asked to end does not wait longer for its collector. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Has the process's spans sent by OTLP (http/protobuf). Headers, certificates and compression of the exporter are the
 * standard `OTEL_EXPORTER_OTLP_*` variables. A collector that does not answer is counted and logged once, and disturbs
 * nothing else. To be called once in a process, before anything is done that shall be traced.
 */
export function startTracing(options: TracingOptions): Tracing {
  const { name, settings, trustsCallers, log, metrics } = options;
  const endpoint = settings.otlpEndpoint ?? settings.standardOtlpEndpoint;
  if (endpoint === undefined) return OFF;
  // What goes wrong is counted and said below, in our own words and without the collector's.
  diag.setLogger(SILENT, { logLevel: DiagLogLevel.NONE, suppressOverrideMessage: true });
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const ratio = new TraceIdRatioBasedSampler(settings.traceRatio);
  const ids = createIds();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `convoy-${name}`, 'service.instance.id': `${process.pid}` }),
    sampler: new ParentBasedSampler({
      root: ratio,
      remoteParentSampled: trustsCallers ? new AlwaysOnSampler() : ratio,
    }),
    idGenerator: ids,
    spanLimits: { attributeValueLengthLimit: 256 },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: counted(exporter, metrics, log),
        maxQueueSize: MAX_QUEUE,
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  log.info({ endpoint: originOf(endpoint), ratio: settings.traceRatio }, 'tracing on');
  return {
    emit(span, attributes) {
      ids.next = span.spanId;
      recordWorkflowSpan(span, attributes);
      ids.next = undefined;
    },
    async close() {
      const closed = provider.shutdown().catch(() => undefined);
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref())]);
    },
  };
}

/** Random ids, but for the span of a workflow, whose children have named it already. */
function createIds(): RandomIdGenerator & { next: string | undefined } {
  const random = new RandomIdGenerator();
  return {
    next: undefined,
    generateTraceId: () => random.generateTraceId(),
    generateSpanId() {
      return this.next ?? random.generateSpanId();
    },
  };
}

/** Counts what arrives and what does not, and says once when that changes. */
function counted(
  exporter: SpanExporter,
  metrics: Pick<Metrics, 'spansExported'>,
  log: Pick<Logger, 'warn' | 'info'>,
): SpanExporter {
  let fails = false;
  return {
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        const code: number = result.code;
        const isFailed = code !== EXPORTED;
        metrics.spansExported.inc({ outcome: isFailed ? 'failed' : 'ok' }, spans.length);
        if (isFailed !== fails) {
          fails = isFailed;
          if (isFailed) log.warn({ err: result.error }, 'traces not exported');
          else log.info('traces exported again');
        }
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const EXPORTED = 0;

const silent = (): void => undefined;
const SILENT = { error: silent, warn: silent, info: silent, debug: silent, verbose: silent };

/** What may stand in a log: never a user or a path with a key in it. */
function originOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).origin : '';
}
