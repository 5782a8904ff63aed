import { z } from 'zod';

const collector = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol));
const COLLECTOR = 'an http:// or https:// URL, such as http://127.0.0.1:4318';

/** Variables about traces. */
export const TELEMETRY_VARIABLES = {
  CONVOY_OTLP_ENDPOINT: {
    field: 'otlpEndpoint',
    about:
      'Where traces are sent: base of an OpenTelemetry collector that takes OTLP over HTTP. Default: OTEL_EXPORTER_OTLP_ENDPOINT; without either nothing is traced.',
    allowed: COLLECTOR,
    schema: collector.optional(),
    secret: true,
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    field: 'standardOtlpEndpoint',
    about:
      "OpenTelemetry's own name of CONVOY_OTLP_ENDPOINT, which goes before it. Its other OTEL_EXPORTER_OTLP_* variables, such as headers and certificates, hold as well.",
    allowed: COLLECTOR,
    schema: collector.optional(),
    secret: true,
  },
  CONVOY_TRACE_RATIO: {
    field: 'traceRatio',
    about: 'Share of the traces that is recorded; the same in all processes.',
    allowed: 'a number from 0 to 1, such as 0.05',
    schema: z
      .string()
      .regex(/^(0|1|0?\.\d{1,6}|1\.0+)$/)
      .transform(Number)
      .default(1),
  },
} as const;
