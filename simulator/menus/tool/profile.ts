import type { CommandDefinition, Row, RouterView } from '../../engine/definition.ts';
import { invalidValue, unknownParameter } from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { after, shown } from '../monitor.ts';
import { cpuLoad } from '../system/load.ts';
import { untilAborted } from '../until-aborted.ts';

/** Where the parameter `cpu` is gone. The exact version is not measured. */
const CPU_UNTIL = '7.17';

/** Parts of the load, in percent of it. */
const SHARES = { ethernet: 21, firewall: 17, management: 32, networking: 22, unclassified: 8 } as const;

/** `/tool/profile`: what the processor works on, measured over a duration. */
export const profile: CommandDefinition = {
  policy: 'test',
  parameters: ['cpu', 'duration', 'freeze-frame-interval', 'as-value', 'without-paging', '.proplist'],
  run: (args, router, _caller, signal) => {
    const cpu = args.get('cpu');
    if (cpu !== undefined && isAtLeast(router.version, CPU_UNTIL)) throw unknownParameter('cpu');
    const duration = args.get('duration');
    if (duration === undefined) return untilAborted(signal);
    const durationMs = parseDurationMs(duration);
    if (durationMs === undefined) throw invalidValue('duration');
    return after(durationMs, router, signal, () => shown(args, usage(router, cpu)));
  },
};

function usage(router: RouterView, cpu: string | undefined): Row[] {
  const load = cpuLoad(router);
  const rows = (core: string | undefined): Row[] => [
    ...Object.entries(SHARES).map(([name, share]) => row(name, (load * share) / 100, core)),
    row('total', load, core),
    row('idle', 100 - load, core),
  ];
  if (cpu !== 'all') return rows(cpu === undefined || cpu === 'total' ? undefined : cpu);
  return Array.from({ length: router.board.cpuCount }, (_, core) => rows(String(core))).flat();
}

function row(name: string, percent: number, core: string | undefined): Row {
  return { ...(core === undefined ? {} : { cpu: core }), name, usage: String(Math.round(percent * 10) / 10) };
}
