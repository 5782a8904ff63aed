import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { onTestFinished } from 'vitest';
import type { TestFrontEnd } from './start-front-end.ts';

export interface ToolAnswer {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: Record<string, unknown>;
}

/** A client of the 2025-11-25 revision, as most hosts are. */
export async function connectClient(front: Pick<TestFrontEnd, 'mcpUrl'>, token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(front.mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

/** Calls a tool by one request of the 2026-07-28 revision and answers the HTTP response as it is. */
export function postModern(
  front: Pick<TestFrontEnd, 'mcpUrl'>,
  token: string | null,
  message: { method: string; params?: Record<string, unknown> },
  headers: Record<string, string> = {},
): Promise<Response> {
  const name = message.params?.['name'];
  return fetch(front.mcpUrl, {
    method: 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': message.method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: message.method,
      params: {
        ...message.params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
          ...(message.params?.['_meta'] as object | undefined),
        },
      },
    }),
  });
}

/** The result of a tool, by the newest revision. */
export async function callTool(
  front: Pick<TestFrontEnd, 'mcpUrl'>,
  token: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<ToolAnswer> {
  const response = await postModern(front, token, { method: 'tools/call', params: { name, arguments: args } });
  const body = (await response.json()) as { result?: ToolAnswer; error?: unknown };
  if (body.result === undefined) throw new Error(`${response.status}: ${JSON.stringify(body)}`);
  return body.result;
}
