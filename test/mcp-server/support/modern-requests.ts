import type { TestFrontEnd } from './start-front-end.ts';

export interface ModernRequest {
  method: string;
  params?: Record<string, unknown>;
  /** What the client declares. Default: nothing. */
  capabilities?: Record<string, unknown>;
  progressToken?: string;
  signal?: AbortSignal;
}

export interface ModernAnswer {
  status: number;
  contentType: string;
  result: Record<string, unknown>;
  error: { code: number; message: string; data?: unknown } | undefined;
  /** What came before the answer on its stream. */
  notifications: { method: string; params: Record<string, unknown> }[];
}

export const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
export const FORMS = { elicitation: { form: {} } };

/** One request of the 2026-07-28 revision, answered as JSON or as a stream. */
export async function askModern(
  front: Pick<TestFrontEnd, 'mcpUrl'>,
  token: string,
  { method, params = {}, capabilities = {}, progressToken, signal }: ModernRequest,
): Promise<ModernAnswer> {
  const name = params['name'] ?? params['taskId'];
  const response = await fetch(front.mcpUrl, {
    method: 'POST',
    ...(signal === undefined ? {} : { signal }),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': capabilities,
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
          ...(progressToken === undefined ? {} : { progressToken }),
        },
      },
    }),
  });
  const contentType = response.headers.get('content-type') ?? '';
  const messages = messagesOf(contentType, await response.text());
  const last = messages.at(-1) ?? {};
  return {
    status: response.status,
    contentType,
    result: (last['result'] ?? {}) as Record<string, unknown>,
    error: last['error'] as ModernAnswer['error'],
    notifications: messages.slice(0, -1) as unknown as ModernAnswer['notifications'],
  };
}

/** Calls a tool; `more` goes into the request's params next to the arguments. */
export function callModern(
  front: Pick<TestFrontEnd, 'mcpUrl'>,
  token: string,
  name: string,
  given: Record<string, unknown>,
  { more = {}, ...request }: Partial<ModernRequest> & { more?: Record<string, unknown> } = {},
): Promise<ModernAnswer> {
  return askModern(front, token, { ...request, method: 'tools/call', params: { name, arguments: given, ...more } });
}

export function structuredOf({ result }: ModernAnswer): Record<string, unknown> {
  return result['structuredContent'] as Record<string, unknown>;
}

function messagesOf(contentType: string, text: string): Record<string, unknown>[] {
  if (!contentType.startsWith('text/event-stream')) return [JSON.parse(text) as Record<string, unknown>];
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, json = '']) => JSON.parse(json) as Record<string, unknown>);
}
