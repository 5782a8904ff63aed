import { createDeviceSession, type OpenedRouter } from './device-session.ts';
import type { RouterAccess } from './rest-router.ts';
import type { RouterTarget } from './router-target.ts';

/** A router for one use; connects at the first request. The caller closes it. */
export function openRouter(options: RouterTarget & RouterAccess): OpenedRouter {
  const { paths, effect, signal, beforeWrite, mayWrite, ...target } = options;
  const session = createDeviceSession(target);
  return { router: session.router({ paths, effect, signal, beforeWrite, mayWrite }), close: () => session.close() };
}
