import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { commandHint } from './command-hints.ts';

export interface JsonRequest {
  url: string;
  method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  token: string;
  body?: unknown;
  /** Default 60 000. */
  timeoutMs?: number;
}

/** RFC 9457, with the fields every refusal of Convoy has. */
const Problem = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  retryable: z.boolean().optional(),
  correlationId: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** Sends a request and answers the parsed reply; a problem becomes a CliError with its code, sentence and hint. */
export async function requestJson<Output>(schema: z.ZodType<Output>, request: JsonRequest): Promise<Output> {
  const { url, method, token, body, timeoutMs = 60_000 } = request;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (cause) {
    throw unreachable(url, cause);
  }
  const reply = jsonOrNull(text);
  if (!response.ok) throw refusalOf(response.status, reply, url);
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  throw new CliError(
    'INTERNAL_ERROR',
    `${method} ${url} answered something unexpected: ${z.prettifyError(parsed.error)}`,
    {
      hint: 'The command line and the platform may be of different versions.',
    },
  );
}

/** Asks for an answer that may be of any size, and gives it as it comes. */
export async function requestStream(request: Pick<JsonRequest, 'url' | 'token'>): Promise<ReadableStream<Uint8Array>> {
  const { body } = await openStream(request);
  return body ?? new ReadableStream({ start: (controller) => controller.close() });
}

export interface StreamRequest extends Pick<JsonRequest, 'url' | 'token'> {
  headers?: Readonly<Record<string, string>>;
  /** Ends it, also while it is read. */
  signal?: AbortSignal;
}

/** The answer with its body unread; a problem becomes a CliError. */
export async function openStream({ url, token, headers = {}, signal }: StreamRequest): Promise<Response> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    redirect: 'error',
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  if (!response.ok) throw refusalOf(response.status, jsonOrNull(await response.text()), url);
  return response;
}

function unreachable(url: string, cause: unknown): CliError {
  return new CliError('SERVICE_UNAVAILABLE', `${new URL(url).origin} does not answer.`, {
    hint: 'Is it running? "convoy doctor" checks every part.',
    cause,
  });
}

function refusalOf(status: number, reply: unknown, url: string): CliError {
  const problem = Problem.safeParse(reply);
  if (!problem.success) return new CliError('SERVICE_UNAVAILABLE', `${url} answered with status ${status}.`);
  const { code, message, hint, ...facts } = problem.data;
  return new CliError(code, message, { hint: commandHint(hint), ...facts });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
