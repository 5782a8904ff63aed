import { AppError } from '../../shared/errors/app-error.ts';
import type { ListOptions, Router, RouterRecord } from '../../shared/routeros/router.ts';

/** The record of a menu that not every version, board or package has; null when it is absent. */
export function getIfThere(router: Pick<Router, 'get'>, menu: string): Promise<RouterRecord | null> {
  return orNull(router.get(menu));
}

/** The rows of such a menu. */
export function listIfThere(
  router: Pick<Router, 'list'>,
  menu: string,
  options?: ListOptions,
): Promise<RouterRecord[] | null> {
  return orNull(router.list(menu, options));
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_UNSUPPORTED') return null;
    throw error;
  }
}
