import { Server, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Caller } from '../call/answer-call.ts';
import { serveTools } from './handlers/tools.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { factsOf } from './request-facts.ts';
import { createToolLists } from './tool-list.ts';

const SERVER_INFO = { name: 'convoy', title: 'Convoy', version: '0.1.0' };
/** Who may call what changes rarely, and is another list for everybody. */
const LIST_CACHE = { ttlMs: 300_000, cacheScope: 'private' } as const;

/**
 * Makes the protocol server of one request; requests never share one, so that no answer can reach another client. The
 * low-level server is used, because here lists are prepared, schemas checked and failures worded once for all surfaces.
 */
export function createServerFactory(caller: Caller): McpServerFactory {
  const listFor = createToolLists(caller.catalogue);
  return ({ authInfo }) => {
    const facts = factsOf(authInfo);
    const server = new Server(SERVER_INFO, {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      cacheHints: { 'tools/list': LIST_CACHE },
    });
    serveTools(server, caller, listFor, facts);
    return server;
  };
}
