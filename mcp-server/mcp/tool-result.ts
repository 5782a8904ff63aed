import type { CallToolResult } from '@modelcontextprotocol/server';
import { toErrorBody } from '../../shared/errors/app-error.ts';
import type { CallAnswer } from '../call/answer-call.ts';
import { oneLine, redactOutput } from '../call/redact-output.ts';

/** Longest answer that is given twice, as data and as text; hosts cut longer texts. */
const MAX_TEXT_CHARS = 40_000;

/** A good answer: one line for the reader, then the data as compact JSON, and the same data structured. */
export function toolResult({ output, summary }: CallAnswer): CallToolResult {
  return { content: textOf(summary, output), structuredContent: output };
}

/** A refusal: a line a model can act on, and the fields every refusal has. What is not ours to show is not shown. */
export function toolRefusal(error: unknown, correlationId: string): CallToolResult {
  const body = redactOutput({ ...toErrorBody(error), correlationId });
  const line = `${body.code}: ${body.message}${body.hint === undefined ? '' : ` ${body.hint}`}`;
  return { isError: true, content: textOf(line, body), structuredContent: body };
}

function textOf(lead: string, data: object): CallToolResult['content'] {
  const line = oneLine(lead);
  const json = JSON.stringify(data);
  const text = json.length > MAX_TEXT_CHARS ? `${line}\n(The data is in structuredContent.)` : `${line}\n${json}`;
  return [{ type: 'text', text }];
}
