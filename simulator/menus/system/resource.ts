import type { MenuDefinition, Row, RouterView } from '../../engine/definition.ts';
import { formatDuration } from '../../values/duration.ts';
import { usedBytes } from '../file/files.ts';
import { monitor, MONITOR_PARAMETERS } from '../monitor.ts';
import { computed } from '../row-fields.ts';
import { coreLoads, cpuLoad, minuteFigure } from './load.ts';
import { buildTime, channelOf } from './releases.ts';

export const systemResource: MenuDefinition = {
  path: '/system/resource',
  kind: 'singleton',
  rows: 'read-only',
  backedUp: false,
  fields: {
    'architecture-name': computed((_item, router) => router.board.architecture),
    'bad-blocks': computed((_item, router) => (router.board.model ? '0' : undefined)),
    'board-name': computed((_item, router) => router.board.name),
    'build-time': computed((_item, router) => buildTime(router.version)),
    cpu: computed((_item, router) => router.board.cpu),
    'cpu-count': computed((_item, router) => String(router.board.cpuCount)),
    'cpu-frequency': computed((_item, router) => String(router.board.cpuFrequencyMhz)),
    'cpu-load': computed((_item, router) => String(cpuLoad(router))),
    'factory-software': computed((_item, router) => (router.board.model ? '7.5' : '7.1')),
    'free-hdd-space': computed((_item, router) => String(freeDisk(router))),
    'free-memory': computed((_item, router) => String(freeMemory(router))),
    platform: computed(() => 'MikroTik'),
    'total-hdd-space': computed((_item, router) => String(router.board.diskBytes)),
    'total-memory': computed((_item, router) => String(router.board.memoryBytes)),
    uptime: computed((_item, router) => formatDuration(Math.floor(router.clock.uptimeMs() / 1000) * 1000)),
    version: computed((_item, router) => `${router.version} (${channelOf(router.version)})`),
    'write-sect-since-reboot': computed((_item, router) => String(Math.floor(router.clock.uptimeMs() / 60_000))),
    'write-sect-total': computed((_item, router) => String(91_274 + Math.floor(router.clock.uptimeMs() / 60_000))),
  },
  commands: {
    monitor: {
      policy: 'read',
      parameters: MONITOR_PARAMETERS,
      run: (args, router, _caller, signal) => monitor(args, router, signal, () => [sample(router)]),
    },
  },
};

function sample(router: RouterView): Row {
  return {
    'cpu-used': String(cpuLoad(router)),
    'cpu-used-per-core': coreLoads(router).join(','),
    'free-memory': String(freeMemory(router)),
  };
}

function freeDisk(router: RouterView): number {
  return Math.floor(router.board.diskBytes * 0.69) - usedBytes(router, 'flash');
}

function freeMemory(router: RouterView): number {
  const usual = Math.floor(router.board.memoryBytes * 0.65);
  return usual - (minuteFigure(router) % 64) * 65_536 - usedBytes(router, 'memory');
}
