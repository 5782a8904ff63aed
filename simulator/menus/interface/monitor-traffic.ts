import type { CommandDefinition, Reply, Row } from '../../engine/definition.ts';
import { missingArgument, noMatch } from '../../engine/router-error.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { untilAborted } from '../until-aborted.ts';

/**
 * `/interface/monitor-traffic`. With `once` it answers at once; with `duration` at the end of it; with neither it runs
 * until the session's time limit ends it.
 */
export const monitorTraffic: CommandDefinition = {
  policy: 'read',
  parameters: ['interface', 'once', 'duration', 'interval', '.proplist'],
  run: (args, router, _caller, signal): Reply | Promise<Reply> => {
    const wanted = args.get('interface');
    if (wanted === undefined) throw missingArgument('interface');
    const names = wanted.split(',');
    const known = router.items('/interface').map((item) => item.values['name']);
    if (!names.every((name) => name === 'aggregate' || known.includes(name))) throw noMatch('interface');
    if (args.has('once') && args.get('once') !== 'false') return { kind: 'rows', rows: names.map(sample) };
    const durationMs = parseDurationMs(args.get('duration') ?? '');
    if (durationMs === undefined) return untilAborted(signal);
    const rounds = Math.max(0, Math.floor(durationMs / 1000));
    const rows = Array.from({ length: rounds }, (_, section) =>
      names.map((name) => ({ '.section': String(section), ...sample(name) })),
    ).flat();
    return new Promise((resolve) => {
      setTimeout(() => resolve({ kind: 'rows', rows }), durationMs);
    });
  },
};

function sample(name: string): Row {
  return {
    'fp-rx-bits-per-second': '0',
    'fp-rx-packets-per-second': '0',
    'fp-tx-bits-per-second': '0',
    'fp-tx-packets-per-second': '0',
    name,
    'rx-bits-per-second': '9224',
    'rx-drops-per-second': '0',
    'rx-errors-per-second': '0',
    'rx-packets-per-second': '7',
    'tx-bits-per-second': '18488',
    'tx-drops-per-second': '0',
    'tx-errors-per-second': '0',
    'tx-packets-per-second': '9',
    'tx-queue-drops-per-second': '0',
  };
}
