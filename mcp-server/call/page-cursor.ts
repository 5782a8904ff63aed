import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** The list a cursor belongs to: what was asked, by whom. A page may have another size or other fields than the one before. */
export interface ListAsked {
  action: string;
  sub: string;
  input: Readonly<Record<string, unknown>>;
}

/**
 * Marks in lists, signed so that nobody can make one: behind which entry the next page of this very list begins. A cursor
 * grants nothing; scope is checked on every page.
 */
export interface PageCursors {
  seal(list: ListAsked, after: string): string;
  /** Fails with VALIDATION_ERROR when the cursor is not one of this list for this caller. */
  open(list: ListAsked, cursor: string): string;
}

const Content = z.tuple([z.string(), z.string()]);
const MAC_BYTES = 16;

/** `callSecret`: 32 bytes that all web processes share. */
export function createPageCursors(callSecret: Buffer): PageCursors {
  const key = Buffer.from(hkdfSync('sha256', callSecret, '', 'convoy page cursor', 32));
  const macOf = (content: string): Buffer => createHmac('sha256', key).update(content).digest().subarray(0, MAC_BYTES);

  return {
    seal(list, after) {
      const content = JSON.stringify([digestOf(list), after] satisfies z.infer<typeof Content>);
      return Buffer.concat([macOf(content), Buffer.from(content)]).toString('base64url');
    },
    open(list, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const content = bytes.subarray(MAC_BYTES).toString('utf8');
      const [digest, after] = contentOf(content) ?? refuse();
      if (!isGenuine(macOf(content), bytes.subarray(0, MAC_BYTES))) refuse();
      if (digest !== digestOf(list)) {
        refuse('This cursor belongs to a list that was asked for with other arguments, or by somebody else.');
      }
      return after;
    },
  };
}

function digestOf({ action, sub, input }: ListAsked): string {
  const { cursor: _, limit: __, fields: ___, ...asked } = input;
  return createHash('sha256')
    .update(canonicalJson([action, sub, asked]))
    .digest('base64url')
    .slice(0, 16);
}

function contentOf(text: string): z.infer<typeof Content> | undefined {
  try {
    return Content.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isGenuine(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function refuse(why = 'Not a cursor of this list.'): never {
  throw new AppError('VALIDATION_ERROR', {
    message: `cursor: ${why}`,
    hint: 'Use nextCursor of the page before as it is and repeat its other arguments, or leave cursor out for the first page.',
  });
}
