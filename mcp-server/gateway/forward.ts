import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import { AppError } from '../../shared/errors/app-error.ts';
import { onClosed } from '../http/on-closed.ts';

export interface ForwardedRequest {
  request: IncomingMessage;
  response: ServerResponse;
  /** Without one the request goes out without any authorization. */
  token: string | null;
  /** JSON that goes on in place of the request's own body. Default: none. */
  json?: string | null;
}

export interface ForwardedAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Readable;
}

/** Passes browsing on to the Temporal UI. */
export interface Forwarder {
  forward(request: ForwardedRequest): Promise<ForwardedAnswer>;
  /** Fails with SERVICE_UNAVAILABLE when the UI does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The only request headers that go on. Everything else stays here: the session cookie, the browser's own Authorization,
 * and the `Grpc-Metadata-*` and method-override headers that the gateway behind would act on.
 */
const REQUEST_HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'if-modified-since',
  'if-none-match',
  'range',
  'user-agent',
] as const;

/**
 * The only response headers that come back. Everything else stays behind: connection-level headers (RFC 9110, section
 * 7.6.1), the UI's cookies, and what would let pages of other origins in.
 */
const RESPONSE_HEADERS = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-security-policy',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'vary',
] as const;

/** Longer than the UI's long polls for new history events. */
const TIMEOUT_MS = 90_000;
const CONNECTIONS = 64;

export function createForwarder(temporalUiUrl: string): Forwarder {
  const { origin } = new URL(temporalUiUrl);
  const pool = new Pool(origin, { connections: CONNECTIONS, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  return {
    async forward({ request, response, token, json = null }) {
      const gone = new AbortController();
      onClosed(response, () => gone.abort());
      const answer = await pool
        .request({
          path: request.url ?? '/',
          method: request.method as 'GET' | 'HEAD' | 'POST',
          headers: {
            ...passedOn(request),
            ...(json === null ? {} : { 'content-type': 'application/json' }),
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          },
          body: json,
          signal: gone.signal,
        })
        .catch(unavailable);
      // A browser that left ends the body, whoever holds it by then; nobody is waiting for it any more. Whoever passes the
      // body on hears of an error by itself.
      answer.body.on('error', () => undefined);
      return { status: answer.statusCode, headers: endToEnd(answer.headers), body: answer.body };
    },
    async ping() {
      const answer = await pool.request({ path: '/healthz', method: 'GET', headersTimeout: 5000 }).catch(unavailable);
      await answer.body.dump();
      if (answer.statusCode !== 200) throw unavailable(new Error(`HTTP ${answer.statusCode}`));
    },
    close: () => pool.destroy(),
  };
}

function passedOn(request: IncomingMessage): Record<string, string> {
  const entries = REQUEST_HEADERS.map((name) => [name, request.headers[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [(typeof entry)[0], string] => typeof entry[1] === 'string'),
  );
}

function endToEnd(headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> {
  const entries = RESPONSE_HEADERS.map((name) => [name, headers[name]] as const);
  const kept = entries.filter(
    (entry): entry is readonly [(typeof entry)[0], string | string[]] => entry[1] !== undefined,
  );
  const { location } = headers;
  // A redirect stays here: a server that builds one from what it was asked for could be made to lead anywhere.
  const isHere = typeof location === 'string' && /^\/(?![/\\])/.test(location);
  return { ...Object.fromEntries(kept), ...(isHere ? { location } : {}) };
}

function unavailable(cause: unknown): never {
  throw new AppError('SERVICE_UNAVAILABLE', {
    message: 'The Temporal UI does not answer.',
    hint: 'Wait a few seconds and load the page again.',
    cause,
  });
}
