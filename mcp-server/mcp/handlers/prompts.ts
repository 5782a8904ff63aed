import { ProtocolError, ProtocolErrorCode, type ListPromptsResult, type Server } from '@modelcontextprotocol/server';
import type { Principal } from '../../../shared/domain/principal.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Caller } from '../../call/answer-call.ts';
import type { Prompt } from '../../prompts/define-prompt.ts';
import { PROMPTS } from '../../prompts/index.ts';
import type { RequestFacts } from '../request-facts.ts';

/** `prompts/list` and `prompts/get`. */
export function servePrompts(server: Server, caller: Caller, facts: RequestFacts): void {
  server.setRequestHandler('prompts/list', (): ListPromptsResult => {
    return { prompts: visiblePrompts(caller, facts.principal).map(describe) };
  });
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: given = {} } }) => {
    const prompt = visiblePrompts(caller, facts.principal).find((one) => one.name === name);
    if (prompt === undefined) throw invalid(`Prompt ${name.slice(0, 64)} not found`);
    const { description } = prompt;
    return { description, messages: [{ role: 'user' as const, content: { type: 'text' as const, text: textOf() } }] };

    function textOf(): string {
      try {
        return prompt?.text(given) ?? '';
      } catch (error) {
        if (error instanceof AppError) throw invalid(error.message);
        throw error;
      }
    }
  });
}

/** Those whose tools the principal may all call: a runbook that ends at a closed door helps nobody. */
export function visiblePrompts({ catalogue }: Pick<Caller, 'catalogue'>, principal: Principal): Prompt[] {
  const callable = new Set(catalogue.visibleTo(principal, 'mcp').map(({ name }) => name));
  return PROMPTS.filter(({ tools }) => tools.every((tool) => callable.has(tool)));
}

function describe({ name, title, description, arguments: given }: Prompt): ListPromptsResult['prompts'][number] {
  return {
    name,
    title,
    description,
    arguments: given.map((one) => ({ name: one.name, description: one.description, required: one.required })),
  };
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
