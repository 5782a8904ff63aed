import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProtocolErrorCode, type AuthInfo, type McpHttpHandler } from '@modelcontextprotocol/server';

/** A request whose body has been read, with what the endpoint knows of it. */
export type AdmittedMessage = IncomingMessage & { auth: AuthInfo };

/**
 * Has one parsed message answered by the SDK's handler, and writes the answer. Does what the SDK's own adapter for Node
 * does, without a signal in the web request and without writing the body out again: such a signal is held by weak
 * references, which young collections of garbage take for strong ones, so that each request would be carried along with
 * everything it holds. That a client is gone is told by `RequestFacts.signal`; here only its stream is cancelled.
 */
export async function serveExchange(
  handler: Pick<McpHttpHandler, 'fetch'>,
  request: AdmittedMessage,
  response: ServerResponse,
  parsedBody: unknown,
): Promise<void> {
  const answer = await handler.fetch(toWebRequest(request), { authInfo: request.auth, parsedBody });
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.statusCode = answer.status;
  if (answer.body === null) {
    response.end();
  } else if (isEventStream(answer)) {
    await forward(answer.body, response);
  } else {
    response.end(await answer.text());
  }
}

/** Says that the answer failed, as far as that can still be said. */
export function refuseExchange(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error = { code: ProtocolErrorCode.InternalError, message: 'Internal server error' };
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
}

function toWebRequest({ method = 'GET', url = '/', headers }: IncomingMessage): Request {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return new Request(`http://${headers.host ?? 'localhost'}${url}`, { method, headers: given });
}

function isEventStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true;
}

/** Passes a stream on as fast as its reader takes it, and cancels it when the reader is gone. */
async function forward(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  response.once('close', cancel);
  if (response.destroyed) cancel();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!response.write(value)) await drained(response);
  }
  response.off('close', cancel);
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
    if (response.destroyed) go();
  });
}
