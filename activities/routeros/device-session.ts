import type { RouterFacts } from '../../shared/routeros/facts.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { createFacts, FACTS_MENUS } from './facts.ts';
import { createRestLink, emptyMemory, type RestLink } from './rest-link.ts';
import { createRestRouter, type RouterAccess } from './rest-router.ts';
import type { RouterTarget } from './router-target.ts';
import { createSshLink } from './ssh-link.ts';

/** One router's connections, kept by whoever owns its lane. */
export interface DeviceSession {
  /** A router over the kept connections. */
  router(access: RouterAccess): Router;
  /** A router over a connection of its own: proof that the device can still be reached, not only still answers. */
  fresh(access: RouterAccess): OpenedRouter;
  /** Waits for requests on their way, then closes. */
  close(): Promise<void>;
}

export interface OpenedRouter {
  router: Router;
  close(): Promise<void>;
}

/** Opens nothing by itself: connections are made by the first request. */
export function createDeviceSession(target: RouterTarget): DeviceSession {
  const memory = emptyMemory();
  const link = createRestLink(target, memory);
  const fresh = (): RestLink => createRestLink(target, memory, 1);
  const ssh = target.ssh ? createSshLink({ ...target, ssh: target.ssh }) : null;
  const links = { host: target.host, link, fresh, ssh, facts: (): Promise<RouterFacts> => facts() };
  const facts = createFacts(createRestRouter(links, { paths: FACTS_MENUS, effect: 'read' }));
  return {
    router: (access) => createRestRouter(links, access),
    fresh(access) {
      const single = fresh();
      return { router: createRestRouter({ ...links, link: single }, access), close: () => single.close() };
    },
    async close() {
      await Promise.all([link.close(), ssh?.close()]);
    },
  };
}
