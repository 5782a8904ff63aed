import type { IncomingMessage } from 'node:http';

/** Reads a request's body; undefined when the client went away or the body is larger than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
    request.resume();
    return EMPTY;
  }
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) resolve(undefined);
    else chunks.push(chunk);
  });
  request.once('end', () => resolve(Buffer.concat(chunks)));
  request.once('close', () => resolve(undefined));
  // A connection that breaks in the middle of a body is the client's affair: no request, no answer.
  request.once('error', () => resolve(undefined));
  return await promise;
}

const EMPTY = Buffer.alloc(0);
