import {
  ProtocolError,
  ProtocolErrorCode,
  type CompleteRequestParams,
  type CompleteResult,
  type Server,
} from '@modelcontextprotocol/server';
import { toErrorBody } from '../../../shared/errors/app-error.ts';
import type { Completions } from '../../../shared/platform/persistence/stores/lookup-store.ts';
import type { Caller } from '../../call/answer-call.ts';
import { variablesOf } from '../../resources/define-resource.ts';
import { COMPLETED, startingWith, type Completed } from '../../search/complete-argument.ts';
import type { RequestFacts } from '../request-facts.ts';
import { visiblePrompts } from './prompts.ts';
import { visibleResources } from './resources.ts';

/** Longest beginning that is looked for; no value is longer. */
const MAX_PREFIX_CHARS = 100;

/** `completion/complete` for arguments of prompts and variables of resources, inside the caller's scope. */
export function serveCompletion(server: Server, caller: Caller, facts: RequestFacts): void {
  server.setRequestHandler('completion/complete', async ({ params }): Promise<CompleteResult> => {
    const { name, value } = params.argument;
    const possible = possibleValues(caller, facts, params);
    const { values, total } = value.length > MAX_PREFIX_CHARS ? NONE : await complete(possible, name, value);
    return { completion: { values, total, hasMore: total > values.length } };
  });

  async function complete(possible: readonly string[], name: string, prefix: string): Promise<Completions> {
    if (possible.length > 0) return startingWith(prefix, possible);
    const argument = COMPLETED.find((one): one is Completed => one === name);
    if (argument === undefined) return NONE;
    const call = { ...facts, name: 'complete_argument', arguments: { argument, prefix }, surface: 'context' as const };
    try {
      const { output } = await caller.answer(call);
      return output as unknown as Completions;
    } catch (error) {
      const { code, message } = toErrorBody(error);
      throw new ProtocolError(ProtocolErrorCode.InternalError, `${code}: ${message}`);
    }
  }
}

const NONE: Completions = { values: [], total: 0 };

/** The few values a prompt's argument can have; none when there are many. Fails when there is no such thing to complete. */
function possibleValues(caller: Caller, { principal }: RequestFacts, { ref, argument }: CompleteRequestParams) {
  if (ref.type === 'ref/prompt') {
    const prompt = visiblePrompts(caller, principal).find(({ name }) => name === ref.name);
    const known = prompt?.arguments.find(({ name }) => name === argument.name);
    if (known === undefined) throw nothingToComplete();
    return known.values;
  }
  const resource = visibleResources(caller, principal).find(({ uri }) => uri === ref.uri);
  if (resource === undefined || ![...variablesOf(resource.uri), 'cursor'].includes(argument.name)) {
    throw nothingToComplete();
  }
  return [];
}

function nothingToComplete(): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such argument to complete');
}
