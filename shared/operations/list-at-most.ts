import type { RouterValues } from '../domain/change.ts';
import { AppError } from '../errors/app-error.ts';
import type { Router, RouterRecord } from '../routeros/router.ts';

interface BoundedList {
  fields: readonly string[];
  /** Values by which the router itself can narrow the table down. */
  only: RouterValues;
  /** Rows that are read at once. */
  most: number;
  /** How the caller gets fewer. */
  hint: string;
}

/**
 * Rows of a table that may be too large to be read whole: of such a table those that hold `only`, which the router finds
 * itself; VALIDATION_ERROR when these are too many as well. Callers filter again: a small table is read whole.
 */
export async function listAtMost(
  router: Router,
  menu: string,
  { fields, only, most, hint }: BoundedList,
): Promise<RouterRecord[]> {
  const all = await router.count(menu);
  if (all <= most) return router.list(menu, { fields });
  const wanted = Object.keys(only).length === 0 ? all : await router.count(menu, only);
  if (wanted <= most) return router.list(menu, { fields, only });
  throw new AppError('VALIDATION_ERROR', {
    message: `${menu} holds ${wanted} such entries; at most ${most} can be listed.`,
    hint,
    details: { entries: wanted, most },
  });
}
