import type { MenuDefinition, RouterView } from '../../engine/definition.ts';
import { formatDuration } from '../../values/duration.ts';
import { computed } from '../row-fields.ts';

export const systemResource: MenuDefinition = {
  path: '/system/resource',
  kind: 'singleton',
  rows: 'read-only',
  fields: {
    'architecture-name': computed((_item, router) => router.board.architecture),
    'bad-blocks': computed((_item, router) => (router.board.model ? '0' : undefined)),
    'board-name': computed((_item, router) => router.board.name),
    'build-time': computed(() => BUILD_TIME),
    cpu: computed((_item, router) => router.board.cpu),
    'cpu-count': computed((_item, router) => String(router.board.cpuCount)),
    'cpu-frequency': computed((_item, router) => String(router.board.cpuFrequencyMhz)),
    'cpu-load': computed((_item, router) => String(2 + (minuteFigure(router) % 12))),
    'factory-software': computed(() => '7.5'),
    'free-hdd-space': computed((_item, router) => String(Math.floor(router.board.diskBytes * 0.69))),
    'free-memory': computed((_item, router) => String(freeMemory(router))),
    platform: computed(() => 'MikroTik'),
    'total-hdd-space': computed((_item, router) => String(router.board.diskBytes)),
    'total-memory': computed((_item, router) => String(router.board.memoryBytes)),
    uptime: computed((_item, router) => formatDuration(Math.floor(router.clock.uptimeMs() / 1000) * 1000)),
    version: computed((_item, router) => `${router.version} (stable)`),
    'write-sect-since-reboot': computed((_item, router) => String(Math.floor(router.clock.uptimeMs() / 60_000))),
    'write-sect-total': computed((_item, router) => String(91_274 + Math.floor(router.clock.uptimeMs() / 60_000))),
  },
};

/** When the software a router runs was built. */
export const BUILD_TIME = '2025-11-27 08:17:04';

function freeMemory(router: RouterView): number {
  return Math.floor(router.board.memoryBytes * 0.65) - (minuteFigure(router) % 64) * 65_536;
}

/** A figure that changes every minute and differs between routers. */
function minuteFigure(router: RouterView): number {
  return (Math.floor(router.clock.uptimeMs() / 60_000) * 7919 + router.index * 104_729) % 9973;
}
