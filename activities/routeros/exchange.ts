import { gunzip } from 'node:zlib';
import { errors, type Dispatcher } from 'undici';
import { ConnectFailure } from './connect-failure.ts';

export type RestMethod = 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST';

export interface RestRequest {
  method: RestMethod;
  /** Path and query, encoded. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Asked when the request is about to be written; false keeps it from being sent. Default: always. */
  mayStart?: () => boolean;
}

export interface RestReply {
  status: number;
  bytes: Buffer;
}

/** `timeout`, `closed` before the reply was complete, `malformed` HTTP, `too_large` a body, or `cancelled` before it was sent. */
export type ExchangeFailureKind = 'timeout' | 'closed' | 'malformed' | 'too_large' | 'cancelled';

/** There was a connection but no whole reply; `sent` tells whether the router may have acted on the request. */
export class ExchangeFailure extends Error {
  readonly kind: ExchangeFailureKind;
  readonly sent: boolean;

  constructor(kind: ExchangeFailureKind, sent: boolean, cause?: unknown) {
    super(`no reply: ${kind}`, { cause });
    this.name = 'ExchangeFailure';
    this.kind = kind;
    this.sent = sent;
  }
}

/**
 * One request and its whole reply. The clock starts when the request is written, so waiting for a free connection does
 * not count. Fails with ConnectFailure or ExchangeFailure, never retries.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: RestRequest,
  limits: { headersTimeoutMs: number; bodyTimeoutMs: number; maxReplyBytes: number },
): Promise<RestReply> {
  return new Promise((resolve, reject) => {
    let sent = false;
    let status = 0;
    let size = 0;
    let isZipped = false;
    const chunks: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    const { method, path, headers, body } = request;
    dispatcher.dispatch(
      { method, path, headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart(controller) {
          if (request.mayStart && !request.mayStart()) return controller.abort(new ExchangeFailure('cancelled', false));
          sent = true;
          timer = timeout(controller, limits.headersTimeoutMs);
        },
        onResponseStart(controller, statusCode, responseHeaders) {
          status = statusCode;
          isZipped = /gzip/i.test(String(responseHeaders['content-encoding'] ?? ''));
          clearTimeout(timer);
          timer = timeout(controller, limits.bodyTimeoutMs);
        },
        onResponseData(controller, chunk) {
          size += chunk.length;
          if (size > limits.maxReplyBytes) return controller.abort(new ExchangeFailure('too_large', true));
          chunks.push(chunk);
        },
        onResponseEnd() {
          clearTimeout(timer);
          const bytes = Buffer.concat(chunks, size);
          if (!isZipped) return resolve({ status, bytes });
          unzip(bytes, limits.maxReplyBytes).then((unzipped) => resolve({ status, bytes: unzipped }), reject);
        },
        onResponseError(_controller, error) {
          clearTimeout(timer);
          reject(toFailure(error, sent));
        },
      },
    );
  });
}

/** Nobody asked for it, but a proxy on the way may do it. */
function unzip(bytes: Buffer, maxOutputLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength }, (error, unzipped) => {
      if (!error) return resolve(unzipped);
      const isTooLarge = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      reject(new ExchangeFailure(isTooLarge ? 'too_large' : 'malformed', true, error));
    });
  });
}

function timeout(controller: Dispatcher.DispatchController, milliseconds: number): NodeJS.Timeout {
  return setTimeout(() => controller.abort(new ExchangeFailure('timeout', true)), milliseconds);
}

function toFailure(error: Error, sent: boolean): ConnectFailure | ExchangeFailure {
  if (error instanceof ConnectFailure || error instanceof ExchangeFailure) return error;
  return new ExchangeFailure(error instanceof errors.HTTPParserError ? 'malformed' : 'closed', sent, error);
}
