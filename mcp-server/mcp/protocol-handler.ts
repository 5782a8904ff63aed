import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type AuthInfo, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import { MAX_BODY_BYTES } from '../http/read-body.ts';

/** Speaks the protocol with a client whose request was let in. */
export interface ProtocolHandler {
  /** Writes the answer; `auth` holds what the endpoint knows of the request. */
  answer(request: IncomingMessage & { auth: AuthInfo }, response: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Both eras of the protocol on one address, without sessions: every request has a server of its own. */
export function createProtocolHandler(factory: McpServerFactory, log: Logger): ProtocolHandler {
  const handler = createMcpHandler(factory, {
    legacy: 'stateless',
    maxRequestBodySize: MAX_BODY_BYTES,
    onerror: (error) => log.debug({ err: error }, 'MCP request refused'),
  });
  return {
    answer: toNodeHandler(handler, { onerror: (error) => log.error({ err: error }, 'MCP request failed') }),
    close: () => handler.close(),
  };
}
