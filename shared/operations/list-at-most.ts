import { AppError } from '../errors/app-error.ts';
import type { Router, RouterRecord } from '../routeros/router.ts';

interface BoundedList {
  fields: readonly string[];
  /** Values by which the router itself can narrow the table down; what is undefined is not asked for. */
  only: Readonly<Record<string, string | undefined>>;
  /** Rows that are read at once. Default 20 000, a few MiB. */
  most?: number;
  /** How the caller gets fewer. */
  hint: string;
}

const MOST_ROWS = 20_000;

/**
 * Rows of a table that may be too large to be read whole: of such a table those that hold `only`, which the router finds
 * itself; VALIDATION_ERROR when these are too many as well. Callers filter again: a small table is read whole.
 */
export async function listAtMost(
  router: Router,
  menu: string,
  { fields, only, most = MOST_ROWS, hint }: BoundedList,
): Promise<RouterRecord[]> {
  const all = await router.count(menu);
  if (all <= most) return router.list(menu, { fields });
  const values = Object.fromEntries(
    Object.entries(only).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const wanted = Object.keys(values).length === 0 ? all : await router.count(menu, values);
  if (wanted <= most) return router.list(menu, { fields, only: values });
  throw new AppError('VALIDATION_ERROR', {
    message: `${menu} holds ${wanted} such entries; at most ${most} can be listed.`,
    hint,
    details: { entries: wanted, most },
  });
}
