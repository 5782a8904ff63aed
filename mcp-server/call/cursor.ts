import { AppError } from '../../shared/errors/app-error.ts';

/** An opaque mark in a list: behind which entry the next page starts. It grants nothing; scope is checked on every page. */
export function cursorAfter(entry: string): string {
  return Buffer.from(entry, 'utf8').toString('base64url');
}

/** Fails with VALIDATION_ERROR when the cursor is not one of ours. */
export function entryOf(cursor: string): string {
  const entry = Buffer.from(cursor, 'base64url').toString('utf8');
  if (entry !== '' && cursorAfter(entry) === cursor) return entry;
  throw new AppError('VALIDATION_ERROR', {
    message: 'cursor: not a cursor of this list.',
    hint: 'Use nextCursor of the page before as it is, or leave cursor out for the first page.',
  });
}
