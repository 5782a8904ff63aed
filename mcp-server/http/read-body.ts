import type { IncomingMessage } from 'node:http';
import { refuseWildJson } from './json-shape.ts';
import { HttpRefusal } from './problem.ts';
import { refuseRepeatedNames } from './repeated-names.ts';

/** Largest request body, bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads a JSON body; undefined when there is none. Refuses other media types and encodings (415), too much (413), what is no
 * JSON in UTF-8 (400), and what is nested too deep, has too many elements, or a name twice in one object (422).
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const declared = Number(request.headers['content-length'] ?? NaN);
  if (declared === 0 || (Number.isNaN(declared) && request.headers['transfer-encoding'] === undefined)) {
    return undefined;
  }
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new HttpRefusal(415, 'The body must be application/json.');
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw new HttpRefusal(415, 'The body must not be compressed.');
  if (declared > MAX_BODY_BYTES) throw tooLarge();
  const text = await readText(request);
  const body = parse(text);
  refuseWildJson(body);
  refuseRepeatedNames(text);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new HttpRefusal(400, `The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new HttpRefusal(400, 'The body is not valid UTF-8.');
  }
}

function tooLarge(): HttpRefusal {
  return new HttpRefusal(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
}
