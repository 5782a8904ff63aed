import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';

/** What HTML forms send, which need no permission to be sent anywhere; neither the UI nor a program of ours does. */
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/**
 * Refuses a write that another site made a browser send. Browsers put `Origin` on every POST; where it is missing
 * `Sec-Fetch-Site` must say that the request is our own page's.
 */
export function refuseForeignOrigin(headers: IncomingHttpHeaders, ownOrigin: string): void {
  const { origin } = headers;
  const isOwn = origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : origin === ownOrigin;
  if (!isOwn) throw foreign(`Open ${ownOrigin}/ and send it from there.`);
}

/** Refuses data that a page of another site asks for, a sibling's included, to which browsers send the session's cookie. */
export function refuseForeignFetch(headers: IncomingHttpHeaders): void {
  const { 'sec-fetch-site': site } = headers;
  if (site === 'cross-site' || site === 'same-site') throw foreign();
}

/** Refuses a body that a form has sent. */
export function refuseForm(headers: IncomingHttpHeaders): void {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (!FORM_TYPES.includes(type.trim().toLowerCase())) return;
  throw new AppError('VALIDATION_ERROR', { message: 'The body must be JSON; forms are not taken here.' });
}

function foreign(hint?: string): AppError {
  return new AppError('FORBIDDEN', {
    message: 'The request did not come from a page of the approval gateway, so nothing was sent.',
    ...(hint === undefined ? {} : { hint }),
    details: { reason: 'FOREIGN_ORIGIN' },
  });
}
