import type { ServerResponse } from 'node:http';

/** Aborted when the client goes away before it was answered. */
export function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
