import {
  Server,
  type McpRequestContext,
  type McpServerFactory,
  type ServerCapabilities,
} from '@modelcontextprotocol/server';
import type { Caller } from '../call/answer-call.ts';
import { TASKS_EXTENSION } from './client-capabilities.ts';
import { serveCompletion } from './handlers/completion.ts';
import type { Confirmations } from './handlers/confirmations.ts';
import { serveTasks } from './handlers/tasks.ts';
import { servePrompts } from './handlers/prompts.ts';
import { serveResources } from './handlers/resources.ts';
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
export function createServerFactory(caller: Caller, confirmations: Confirmations): McpServerFactory {
  const listFor = createToolLists(caller.catalogue);
  return ({ authInfo, era, requestInfo }) => {
    const facts = factsOf(authInfo);
    const server = new Server(SERVER_INFO, {
      capabilities: { tools: {}, ...contextCapabilities(era), extensions: { [TASKS_EXTENSION]: {} } },
      instructions: INSTRUCTIONS,
      cacheHints: {
        'tools/list': LIST_CACHE,
        'prompts/list': LIST_CACHE,
        'resources/list': LIST_CACHE,
        'resources/templates/list': LIST_CACHE,
      },
    });
    const groups = new Map<string, () => void>([
      ['tools', () => serveTools(server, { caller, listFor, confirmations }, facts)],
      ['tasks', () => serveTasks(server, caller, facts)],
      ['resources', () => serveResources(server, caller, facts)],
      ['prompts', () => servePrompts(server, caller, facts)],
      ['completion', () => serveCompletion(server, caller, facts)],
    ]);
    // A request of 2026-07-28 names its method in a header, which has been compared with its body by now.
    const asked =
      era === 'modern' ? groups.get(requestInfo?.headers.get('mcp-method')?.split('/')[0] ?? '') : undefined;
    for (const serve of asked === undefined ? groups.values() : [asked]) serve();
    return server;
  };
}

/** Clients of 2025 subscribe within a session, and there is none. */
function contextCapabilities(era: McpRequestContext['era']): ServerCapabilities {
  return { resources: era === 'modern' ? { subscribe: true } : {}, prompts: {}, completions: {} };
}
