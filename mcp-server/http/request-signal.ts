import type { ServerResponse } from 'node:http';
import { onClosed } from './on-closed.ts';

/** Aborted when the client goes away before it was answered. */
export function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  onClosed(response, () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
