import type { ServerResponse } from 'node:http';

/**
 * Calls back when the response closes, however that happens, and at once when it has: a client may be gone while its token
 * was checked, and what is counted then would be counted for ever.
 */
export function onClosed(response: ServerResponse, then: () => void): void {
  if (response.closed || response.destroyed) then();
  else response.once('close', then);
}
