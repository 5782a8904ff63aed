import { Pool } from 'undici';

/** A client that costs as little as it can, so that what is measured is the server: one kept connection, no checks. */
export interface LoadClient {
  /** One request of the 2026-07-28 revision; answers its result and how long it took, milliseconds. */
  ask(method: string, params?: Record<string, unknown>): Promise<{ result: Record<string, unknown>; ms: number }>;
  close(): Promise<void>;
}

const REVISION = '2026-07-28';

export function openLoadClient(mcpUrl: string, token: string): LoadClient {
  const { origin, pathname } = new URL(mcpUrl);
  const pool = new Pool(origin, { connections: 1, pipelining: 1 });
  let id = 0;
  return {
    async ask(method, params = {}) {
      const { name } = params;
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: (id += 1),
        method,
        params: {
          ...params,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': REVISION,
            'io.modelcontextprotocol/clientCapabilities': {},
            'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
          },
        },
      });
      const startedAtMs = performance.now();
      const answer = await pool.request({
        method: 'POST',
        path: pathname,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': REVISION,
          'mcp-method': method,
          ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
        },
        body,
      });
      const text = await answer.body.text();
      const ms = performance.now() - startedAtMs;
      const message = JSON.parse(text) as { result?: Record<string, unknown> };
      if (message.result === undefined || message.result['isError'] === true) {
        throw new Error(`${method} was answered ${answer.statusCode}: ${text.slice(0, 300)}`);
      }
      return { result: message.result, ms };
    },
    close: () => pool.close(),
  };
}
