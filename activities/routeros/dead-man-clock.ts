import { AppError } from '../../shared/errors/app-error.ts';
import { toIsoTime, toRouterClock } from '../../shared/routeros/local-time.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { toBoolean } from '../../shared/routeros/values.ts';
import { getIfThere } from './optional-menu.ts';

export const CLOCK_MENUS = ['/system/clock', '/system/ntp/client', '/system/resource', '/system/device-mode'] as const;

/**
 * Fails when a timer on the device could not be relied on: its mode forbids schedulers (DEVICE_MODE_DENIED), its clock
 * waits for a time server and may jump, or it shows a time before its software was made (UNSAFE_OPERATION). A router
 * without a time server keeps its clock: nothing makes it jump.
 */
export async function assertTimersWork(router: Pick<Router, 'get'>): Promise<void> {
  const mode = await getIfThere(router, '/system/device-mode');
  if (mode?.['scheduler'] !== undefined && !toBoolean(mode['scheduler'])) {
    throw new AppError('DEVICE_MODE_DENIED', {
      message: "The device's mode does not allow schedulers, so a change could not be guarded.",
    });
  }
  const ntp = await router.get('/system/ntp/client');
  if (toBoolean(ntp['enabled']) && ntp['status'] !== 'synchronized') {
    throw clockUnsafe('waits for its time servers and may jump');
  }
  const resource = await router.get('/system/resource');
  const clock = toRouterClock(await router.get('/system/clock'));
  const now = `${clock.date} ${clock.time}`;
  const builtAt = toIsoTime(resource['build-time'], clock);
  const nowAt = toIsoTime(now, clock);
  if (builtAt !== null && nowAt !== null && nowAt < builtAt) {
    throw clockUnsafe(`shows ${now}, which is before its software was made`);
  }
}

/** Seconds from the device's present time until the entry runs next; null when it never does. */
export async function secondsUntilRun(router: Pick<Router, 'get'>, entry: RouterRecord): Promise<number | null> {
  const clock = toRouterClock(await router.get('/system/clock'));
  const runsAt = toIsoTime(entry['next-run'], clock);
  const nowAt = toIsoTime(`${clock.date} ${clock.time}`, clock);
  return runsAt === null || nowAt === null ? null : (Date.parse(runsAt) - Date.parse(nowAt)) / 1000;
}

function clockUnsafe(reason: string): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: `The device's clock ${reason}; a timer that takes the change back could not be relied on.`,
    hint: 'Set the clock, or give the device a time server that answers.',
  });
}
