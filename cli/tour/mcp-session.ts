import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

/** One person's MCP client: what ChatGPT or any other host would be. */
export interface McpSession {
  readonly serverName: string;
  tools(): Promise<string[]>;
  /** Calls a tool; throws ToolRefusal when the server refused. */
  call<T>(tool: string, input: Record<string, unknown>): Promise<T>;
  close(): Promise<void>;
}

/** A tool's refusal, with its stable code. */
export class ToolRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Longest a tool takes: `wait_for_plan` holds its answer back for up to 45 seconds. */
const CALL_TIMEOUT_MS = 60_000;

export async function openMcpSession(mcpUrl: string, accessToken: string): Promise<McpSession> {
  const client = new Client({ name: 'convoy-tour', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${accessToken}` } },
  });
  await client.connect(transport);
  return {
    serverName: client.getServerVersion()?.name ?? 'unnamed',
    async tools() {
      return (await client.listTools()).tools.map((tool) => tool.name);
    },
    async call<T>(tool: string, input: Record<string, unknown>) {
      const options = { timeout: CALL_TIMEOUT_MS };
      const result = (await client.callTool({ name: tool, arguments: input }, undefined, options)) as CallToolResult;
      if (!result.isError) return result.structuredContent as T;
      const refusal = result.structuredContent as { code?: string; message?: string } | undefined;
      throw new ToolRefusal(refusal?.code ?? 'UNKNOWN', refusal?.message ?? JSON.stringify(result.content));
    },
    close: () => client.close(),
  };
}
