import type { RouterView } from '../../engine/definition.ts';

/** A figure that changes every minute and differs between routers. */
export function minuteFigure(router: RouterView): number {
  return (Math.floor(router.clock.uptimeMs() / 60_000) * 7919 + router.index * 104_729) % 9973;
}

/** How busy the router is, in percent. */
export function cpuLoad(router: RouterView): number {
  return 2 + (minuteFigure(router) % 12);
}

/** How busy each core is, in percent; about the whole router's load. */
export function coreLoads(router: RouterView): number[] {
  const load = cpuLoad(router);
  return Array.from({ length: router.board.cpuCount }, (_, core) => Math.max(0, load + ((core * 5) % 7) - 3));
}
