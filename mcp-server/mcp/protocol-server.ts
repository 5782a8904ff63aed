import { ProtocolError, ProtocolErrorCode, Server, type McpServerFactory } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Caller } from '../call/answer-call.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { createToolLists } from './tool-list.ts';
import { toolRefusal, toolResult } from './tool-result.ts';

/** What the endpoint knows of a request, handed through the SDK's authentication info. */
export interface RequestFacts {
  principal: Principal;
  correlationId: string;
  signal: AbortSignal;
}

const SERVER_INFO = { name: 'convoy', title: 'Convoy', version: '0.1.0' };
/** Who may call what changes rarely, and is another list for everybody. */
const LIST_CACHE = { ttlMs: 300_000, cacheScope: 'private' } as const;

const Facts = z.object({
  principal: z.custom<Principal>((value) => typeof value === 'object' && value !== null),
  correlationId: z.string(),
  signal: z.instanceof(AbortSignal),
});

/**
 * Makes the protocol server of one request; requests never share one, so that no answer can reach another client. The
 * low-level server is used, because here lists are prepared, schemas checked and failures worded once for all surfaces.
 */
export function createServerFactory(caller: Caller): McpServerFactory {
  const listFor = createToolLists(caller.catalogue);
  return ({ authInfo }) => {
    const { principal, correlationId, signal } = Facts.parse(authInfo?.extra);
    const server = new Server(SERVER_INFO, {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      cacheHints: { 'tools/list': LIST_CACHE },
    });
    server.setRequestHandler('tools/list', () => listFor(principal));
    server.setRequestHandler('tools/call', async ({ params }) => {
      if (caller.catalogue.find(params.name, 'mcp') === null) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name.slice(0, 64)} not found`);
      }
      try {
        const given = params.arguments ?? {};
        return toolResult(
          await caller.answer({
            name: params.name,
            arguments: given,
            surface: 'mcp',
            principal,
            correlationId,
            signal,
          }),
        );
      } catch (error) {
        // A failure is an answer the model can act on; its text is from our own table, never the failure's.
        return toolRefusal(error, correlationId);
      }
    });
    return server;
  };
}
