import { ProtocolError, ProtocolErrorCode, type Server } from '@modelcontextprotocol/server';
import type { Caller } from '../../call/answer-call.ts';
import type { RequestFacts } from '../request-facts.ts';
import type { ToolLists } from '../tool-list.ts';
import { toolRefusal, toolResult } from '../tool-result.ts';
import { includes } from '../toolset-choice.ts';

/** `tools/list` and `tools/call`. */
export function serveTools(server: Server, caller: Caller, listFor: ToolLists, facts: RequestFacts): void {
  server.setRequestHandler('tools/list', () => listFor(facts.principal, facts.choice));
  server.setRequestHandler('tools/call', async ({ params }) => {
    const action = caller.catalogue.find(params.name, 'mcp');
    if (action === null || !includes(facts.choice, action)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name.slice(0, 64)} not found`);
    }
    try {
      const call = { ...facts, name: params.name, arguments: params.arguments ?? {}, surface: 'mcp' as const };
      return toolResult(await caller.answer(call));
    } catch (error) {
      // A failure is an answer the model can act on; its text is from our own table, never the failure's.
      return toolRefusal(error, facts.correlationId);
    }
  });
}
