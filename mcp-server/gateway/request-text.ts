import type { IncomingMessage } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';

const MAX_BYTES = 16 * 1024;

/** Reads a request body as text; fails with VALIDATION_ERROR above `maxBytes`. Default: 16 KiB. */
export async function readRequestText(request: IncomingMessage, maxBytes = MAX_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new AppError('VALIDATION_ERROR', { message: `The request is larger than the ${maxBytes} bytes allowed.` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
