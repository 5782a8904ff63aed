import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { Scope } from '../../shared/domain/principal.ts';
import { toErrorBody, type ErrorBody } from '../../shared/errors/app-error.ts';
import type { CallAnswer } from '../call/answer-call.ts';
import { oneLine, redactOutput } from '../call/redact-output.ts';
import { untrustedFieldsOf, untrustedNote } from '../call/untrusted-note.ts';
import { CHALLENGE_META } from './chatgpt.ts';
import type { RequestFacts } from './request-facts.ts';

/** Longest answer that is given twice, as data and as text; hosts cut longer texts. */
const MAX_TEXT_CHARS = 40_000;

/** Names the fields of an answer whose text people or the network wrote. */
export const UNTRUSTED_META = 'convoy/untrusted';

/**
 * A good answer: one line for the reader, one that says which fields are no words of ours, then the data as compact JSON,
 * and the same data structured. Some hosts parse the text: they get the JSON alone.
 */
export function toolResult({ action, output: given, summary, handle, replayed }: CallAnswer): CallToolResult {
  // The handle of a long call has the shape of no answer.
  const brief = handle === undefined ? (action.brief?.(given) ?? given) : given;
  const output = replayed === true ? { ...brief, replayed } : brief;
  if (handle !== undefined) return { content: textOf([oneLine(summary)], output), structuredContent: output };
  const untrusted = untrustedFieldsOf(action);
  return {
    content: action.isPlainJson
      ? [{ type: 'text', text: JSON.stringify(output) }]
      : textOf([oneLine(summary), untrustedNote(action)], output),
    structuredContent: output,
    ...(untrusted.length === 0 ? {} : { _meta: { [UNTRUSTED_META]: untrusted } }),
  };
}

/** A refusal: a line a model can act on, and the fields every refusal has. What is not ours to show is not shown. */
export function toolRefusal(
  error: unknown,
  { correlationId, chatGpt }: Pick<RequestFacts, 'correlationId' | 'chatGpt'>,
): CallToolResult {
  const refused = toErrorBody(error);
  const body = redactOutput({ ...refused, correlationId });
  const line = `${body.code}: ${body.message}${body.hint === undefined ? '' : ` ${body.hint}`}`;
  const challenge = chatGpt?.challenge && challengeOf(refused, chatGpt.challenge);
  return {
    isError: true,
    content: textOf([oneLine(line)], body),
    structuredContent: body,
    ...(challenge ? { _meta: { [CHALLENGE_META]: [challenge] } } : {}),
  };
}

function challengeOf({ code, details }: ErrorBody, challenge: (needed: Scope) => string): string | null {
  const needed = z.array(Scope).min(1).safeParse(details?.['scopesNeeded']).data?.[0];
  return code === 'INSUFFICIENT_SCOPE' && needed !== undefined ? challenge(needed) : null;
}

function textOf(lead: (string | null)[], data: object): CallToolResult['content'] {
  const json = JSON.stringify(data);
  const lines = [...lead, json.length > MAX_TEXT_CHARS ? '(The data is in structuredContent.)' : json];
  return [{ type: 'text', text: lines.filter((line) => line !== null).join('\n') }];
}
