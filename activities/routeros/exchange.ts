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
        onResponseStart(controller, statusCode) {
          status = statusCode;
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
          resolve({ status, bytes: Buffer.concat(chunks, size) });
        },
        onResponseError(_controller, error) {
          clearTimeout(timer);
          reject(toFailure(error, sent));
        },
      },
    );
  });
}

function timeout(controller: Dispatcher.DispatchController, milliseconds: number): NodeJS.Timeout {
  return setTimeout(() => controller.abort(new ExchangeFailure('timeout', true)), milliseconds);
}

function toFailure(error: Error, sent: boolean): ConnectFailure | ExchangeFailure {
  if (error instanceof ConnectFailure || error instanceof ExchangeFailure) return error;
  return new ExchangeFailure(error instanceof errors.HTTPParserError ? 'malformed' : 'closed', sent, error);
}
