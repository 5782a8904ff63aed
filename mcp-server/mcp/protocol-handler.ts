import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMcpHandler, type AuthInfo, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import { MAX_BODY_BYTES } from '../http/read-body.ts';
import { refuseExchange, serveExchange } from './serve-exchange.ts';

/** Speaks the protocol with a client whose request was let in. */
export interface ProtocolHandler {
  /** Writes the answer; `auth` holds what the endpoint knows of the request. */
  answer(request: IncomingMessage & { auth: AuthInfo }, response: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/**
 * Both eras of the protocol on one address, without sessions: every request has a server of its own. Streams of
 * subscriptions go to `subscriptions`; left out, the SDK serves them.
 */
export function createProtocolHandler(
  factory: McpServerFactory,
  log: Logger,
  subscriptions?: ProtocolHandler,
): ProtocolHandler {
  const handler = createMcpHandler(factory, {
    legacy: 'stateless',
    maxRequestBodySize: MAX_BODY_BYTES,
    onerror: (error) => log.debug({ err: error }, 'MCP request refused'),
  });
  return {
    answer: (request, response, body) =>
      subscriptions !== undefined && isListen(body)
        ? subscriptions.answer(request, response, body)
        : serveExchange(handler, request, response, body).catch((error: unknown) => {
            log.error({ err: error }, 'MCP request failed');
            refuseExchange(response);
          }),
    async close() {
      await subscriptions?.close();
      await handler.close();
    },
  };
}

function isListen(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'method' in body && body.method === 'subscriptions/listen';
}
