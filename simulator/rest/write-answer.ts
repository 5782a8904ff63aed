import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { RouterError } from '../engine/router-error.ts';
import type { Answer } from './verbs.ts';

/** The text and status of a reply before it is put on the wire. */
export type WireAnswer = { readonly status: number; readonly text: string };

/** A reply as text: JSON, or nothing where there is no body. */
export function toWire({ status, body }: Answer): WireAnswer {
  return { status, text: body === undefined ? '' : JSON.stringify(body) };
}

/** A refusal in the device's shape, keys in alphabetical order. */
export function refusalToWire({ status, detail }: Pick<RouterError, 'status' | 'detail'>): WireAnswer {
  const message = STATUS_CODES[status] ?? 'Unknown';
  return {
    status,
    text: JSON.stringify(detail === undefined ? { error: status, message } : { detail, error: status, message }),
  };
}

/** Sends a reply in one piece, with the headers a device sends. */
export function send(response: ServerResponse, answer: WireAnswer): void {
  response.writeHead(answer.status, headersFor(answer));
  response.end(answer.text);
}

/** Sends headers at once and the body in pieces spread over `durationMs`. */
export function sendSlowly(response: ServerResponse, answer: WireAnswer, durationMs: number): void {
  response.writeHead(answer.status, headersFor(answer));
  response.flushHeaders();
  const body = Buffer.from(answer.text);
  const step = Math.max(1, Math.ceil(body.length / PIECES));
  let sent = 0;
  const timer = setInterval(() => {
    if (response.destroyed || sent + step >= body.length) {
      clearInterval(timer);
      if (!response.destroyed) response.end(body.subarray(sent));
      return;
    }
    response.write(body.subarray(sent, sent + step));
    sent += step;
  }, durationMs / PIECES);
}

const PIECES = 10;

function headersFor({ status, text }: WireAnswer): Record<string, string | number> {
  const common = { 'Cache-Control': 'no-cache', Expires: '0', 'X-Frame-Options': 'sameorigin' };
  if (status === 204) return common;
  return { ...common, 'Content-Length': Buffer.byteLength(text), 'Content-Type': 'application/json' };
}
