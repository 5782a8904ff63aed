import type { DriftAuthor } from '../../shared/domain/drift.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { FoundDrift } from '../../shared/plans/drift/reconcile-drift.ts';
import { authorOf, readHistory } from '../../shared/routeros/change-history.ts';
import { loggedAuthorOf, readChangeLog } from '../../shared/routeros/change-log.ts';
import { toRouterClock } from '../../shared/routeros/local-time.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { cleanText, cleanWord } from '../../shared/routeros/untrusted-text.ts';

const HISTORY = '/system/history';
const LOG = '/log';
const CLOCK = '/system/clock';
/** What is read to find authors. */
export const AUTHOR_MENUS = [HISTORY, LOG, CLOCK];

/**
 * Who made changes, by the router's own history, and where that says nothing by its log, which is long and so read only then.
 * A router that does not tell is no reason to keep silent about drift.
 */
export async function readAuthors(
  router: () => Router,
  of: readonly FoundDrift[],
): Promise<(found: FoundDrift) => DriftAuthor | null> {
  const clock = await orNull(async () => toRouterClock(await router().get(CLOCK)));
  if (clock === null) return () => null;
  const entries = (await orNull(async () => readHistory(await router().list(HISTORY, {}), clock))) ?? [];
  const byHistory = (found: FoundDrift): DriftAuthor | null => {
    const author = authorOf(entries, found);
    return author === null ? null : clean(author.entry, author.match);
  };
  if (of.every((found) => byHistory(found) !== null)) return byHistory;
  const fields = ['time', 'topics', 'message'];
  const lines = (await orNull(async () => readChangeLog(await router().list(LOG, { fields }), clock))) ?? [];
  return (found) => {
    const line = loggedAuthorOf(lines, found);
    return byHistory(found) ?? (line === null ? null : clean(line, 'log'));
  };
}

/** Null when the router does not answer, or otherwise than it should. */
async function orNull<Read>(read: () => Promise<Read>): Promise<Read | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function clean(
  { by, at, action }: Pick<DriftAuthor, 'by' | 'at' | 'action'>,
  match: DriftAuthor['match'],
): DriftAuthor {
  return { by: cleanWord(by, 100), at, action: cleanText(action, 200), match };
}
