import { parseTraceparent, type TraceContext } from '../../shared/contract/trace-context.ts';
import { currentTrace, inSpan } from '../../shared/platform/telemetry/spans.ts';

/** What a message says of itself. */
interface TracedMessage {
  method?: string | undefined;
  params?: { name?: string | undefined; _meta?: unknown } | undefined;
}

/**
 * The trace a message names in its `_meta`, which goes before the one its HTTP request names: a client's library for HTTP
 * traces what goes over the wire, the client itself what its model asked for. Null when it names none.
 */
export function traceOfMessage({ params }: TracedMessage): TraceContext | null {
  const meta = params?._meta;
  return typeof meta === 'object' && meta !== null && 'traceparent' in meta ? parseTraceparent(meta.traceparent) : null;
}

/** Has a message be a span, named as OpenTelemetry's conventions for MCP name it. */
export async function traceMessage<T>(
  message: TracedMessage,
  isKnown: (tool: string) => boolean,
  answer: () => Promise<T>,
): Promise<T> {
  // Methods and names are the caller's to invent; what a span is called is not.
  const method = message.method !== undefined && METHOD.test(message.method) ? message.method : 'message';
  const tool = method === 'tools/call' ? message.params?.name : undefined;
  const known = tool !== undefined && isKnown(tool) ? { 'gen_ai.tool.name': tool } : {};
  const parent = traceOfMessage(message) ?? undefined;
  const name = 'gen_ai.tool.name' in known ? `${method} ${known['gen_ai.tool.name']}` : method;
  const attributes = { 'mcp.method.name': method, ...known };
  return inSpan(
    name,
    { kind: 'server', parent, link: parent === undefined ? null : currentTrace(), attributes },
    answer,
  );
}

const METHOD = /^[a-z]{1,20}(\/[A-Za-z_]{1,30}){0,2}$/;
