import type { IncomingMessage } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';

const MAX_BYTES = 16 * 1024;

/** Reads a small request body as text; fails with VALIDATION_ERROR above 16 KiB. */
export async function readRequestText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new AppError('VALIDATION_ERROR', { message: `The request is larger than the ${MAX_BYTES} bytes allowed.` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
