import { ProtocolError, ProtocolErrorCode, type Server } from '@modelcontextprotocol/server';
import type { Caller } from '../../call/answer-call.ts';
import { capabilitiesOf, knowsTasks } from '../client-capabilities.ts';
import { createProgressNotifier } from '../notify-progress.ts';
import { withSecuritySchemes } from '../chatgpt.ts';
import type { RequestFacts } from '../request-facts.ts';
import type { ToolLists } from '../tool-list.ts';
import { toolRefusal, toolResult } from '../tool-result.ts';
import { includes } from '../toolset-choice.ts';
import type { Confirmations } from './confirmations.ts';
import { createdTask } from './tasks.ts';

export interface ToolHandlers {
  caller: Caller;
  listFor: ToolLists;
  confirmations: Confirmations;
}

/** `tools/list` and `tools/call`. */
export function serveTools(
  server: Server,
  { caller, listFor, confirmations }: ToolHandlers,
  facts: RequestFacts,
): void {
  server.setRequestHandler('tools/list', () => {
    const { principal, choice, chatGpt } = facts;
    if (chatGpt === undefined) return listFor(principal, choice);
    return withSecuritySchemes(listFor({ ...principal, scopes: [...chatGpt.scopes] }, choice), caller.catalogue);
  });
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const action = caller.catalogue.find(params.name, 'mcp');
    if (action === null || !includes(facts.choice, action)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name.slice(0, 64)} not found`);
    }
    const given = params.arguments ?? {};
    const { confirm, question } = await confirmations.begin(ctx, params.name, given);
    const progress = createProgressNotifier(ctx);
    const asTask = knowsTasks(capabilitiesOf(ctx));
    try {
      const answer = await caller.answer({
        ...facts,
        name: params.name,
        arguments: given,
        surface: 'mcp',
        report: progress.report,
        asTask,
        confirm,
      });
      progress.end();
      return asTask && answer.handle !== undefined ? await createdTask(caller, answer, facts) : toolResult(answer);
    } catch (error) {
      progress.end();
      // A failure is an answer the model can act on; its text is from our own table, never the failure's.
      return question() ?? toolRefusal(error, facts);
    }
  });
}
