import type { CallToolResult } from '@modelcontextprotocol/server';
import { toErrorBody } from '../../shared/errors/app-error.ts';
import type { CallAnswer } from '../call/answer-call.ts';
import { oneLine, redactOutput } from '../call/redact-output.ts';
import { untrustedFieldsOf, untrustedNote } from '../call/untrusted-note.ts';

/** Longest answer that is given twice, as data and as text; hosts cut longer texts. */
const MAX_TEXT_CHARS = 40_000;

/** Names the fields of an answer whose text people or the network wrote. */
export const UNTRUSTED_META = 'convoy/untrusted';

/**
 * A good answer: one line for the reader, one that says which fields are no words of ours, then the data as compact JSON,
 * and the same data structured. Some hosts parse the text: they get the JSON alone.
 */
export function toolResult({ action, output: given, summary, handle, replayed }: CallAnswer): CallToolResult {
  const output = replayed === true ? { ...given, replayed } : given;
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
export function toolRefusal(error: unknown, correlationId: string): CallToolResult {
  const body = redactOutput({ ...toErrorBody(error), correlationId });
  const line = `${body.code}: ${body.message}${body.hint === undefined ? '' : ` ${body.hint}`}`;
  return { isError: true, content: textOf([oneLine(line)], body), structuredContent: body };
}

function textOf(lead: (string | null)[], data: object): CallToolResult['content'] {
  const json = JSON.stringify(data);
  const lines = [...lead, json.length > MAX_TEXT_CHARS ? '(The data is in structuredContent.)' : json];
  return [{ type: 'text', text: lines.filter((line) => line !== null).join('\n') }];
}
