import { AppError } from '../../shared/errors/app-error.ts';
import { clipText } from '../../shared/routeros/device-text.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { getIfThere } from './optional-menu.ts';

/** Since 7.18; before, nothing over REST tells. */
export const SAFE_MODE_MENU = '/safe-mode';

/**
 * Fails with DEVICE_BUSY while a person works in safe mode: when their session ends without a release, RouterOS takes
 * back every change made meanwhile, ours included.
 */
export async function assertNoSafeMode(router: Pick<Router, 'get'>): Promise<void> {
  const safeMode = await getIfThere(router, SAFE_MODE_MENU);
  if (safeMode?.['enabled'] !== 'true') return;
  const holder = safeMode['user'] ?? safeMode['owner'];
  throw new AppError('DEVICE_BUSY', {
    message:
      'Somebody works on the device in safe mode; what is changed meanwhile could be taken back with their session.',
    hint: 'Repeat the call when safe mode was released.',
    details: holder === undefined ? {} : { safeModeHolder: clipText(holder, 64) },
  });
}
