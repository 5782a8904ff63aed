import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';

/**
 * Refuses a write that another site made a browser send. Browsers put `Origin` on every POST; where it is missing
 * `Sec-Fetch-Site` must say that the request is our own page's.
 */
export function refuseForeignOrigin(headers: IncomingHttpHeaders, ownOrigin: string): void {
  const isOwn =
    headers.origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : headers.origin === ownOrigin;
  if (isOwn) return;
  throw new AppError('FORBIDDEN', {
    message: 'The request did not come from a page of the approval gateway, so nothing was sent.',
    hint: `Open ${ownOrigin}/ and send it from there.`,
    details: { reason: 'FOREIGN_ORIGIN' },
  });
}
