import type { CommandDefinition, Row } from '../../engine/definition.ts';
import { failure, invalidValue, missingArgument } from '../../engine/router-error.ts';
import { addressBehind, answers, type Journey, reachOut } from '../../network/reach-out.ts';
import { word } from '../../values/field-types.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { MONITOR_PARAMETERS, monitor } from '../monitor.ts';
import { sortedRow } from '../sorted-row.ts';
import { demandDeviceMode } from '../system/device-mode.ts';
import { cpuLoad } from '../system/load.ts';

/** Rates of a test over the simulated wires, in bits per second. */
const RATE_BPS = { receive: 941_000_000, transmit: 938_000_000 } as const;

/** `/tool/bandwidth-test` against any machine that answers. */
export const bandwidthTest: CommandDefinition = {
  policy: 'test',
  parameters: [
    'address',
    'connection-count',
    'direction',
    'local-tx-speed',
    'local-udp-tx-size',
    'password',
    'protocol',
    'random-data',
    'remote-tx-speed',
    'remote-udp-tx-size',
    'user',
    ...MONITOR_PARAMETERS,
  ],
  run: (args, router, _caller, signal) => {
    demandDeviceMode(router, 'bandwidth-test');
    const given = args.get('address');
    if (given === undefined) throw missingArgument('address');
    const direction = word('receive', 'transmit', 'both').parse(
      args.get('direction') ?? 'receive',
      'direction',
      router,
    );
    word('udp', 'tcp').parse(args.get('protocol') ?? 'udp', 'protocol', router);
    const address = addressBehind(router, given);
    if (address === undefined) throw failure('dns name does not exist');
    const journey = reachOut(router, address);
    const last = Math.floor((parseDurationMs(args.get('duration') ?? '') ?? Infinity) / 1000) - 1;
    const speeds = {
      receive: Math.min(RATE_BPS.receive, limit(args.get('remote-tx-speed'), 'remote-tx-speed')),
      transmit: Math.min(RATE_BPS.transmit, limit(args.get('local-tx-speed'), 'local-tx-speed')),
    };
    const random = args.get('random-data') === 'yes';
    return monitor(args, router, signal, (section) => [
      sample(section, section === last, direction, journey, random, cpuLoad(router), speeds),
    ]);
  },
};

/** Bits per second that one end sends at most: `10M`, plain digits, or 0 for no limit. */
function limit(given: string | undefined, field: string): number {
  const [, amount, unit = ''] = /^(\d{1,12})([kMG])?$/.exec(given ?? '0') ?? [];
  if (amount === undefined) throw invalidValue(field);
  return Number(amount) === 0 ? Infinity : Number(amount) * UNITS[unit as keyof typeof UNITS];
}

const UNITS = { '': 1, k: 1e3, M: 1e6, G: 1e9 } as const;

function sample(
  section: number,
  isLast: boolean,
  direction: string,
  journey: Journey,
  random: boolean,
  load: number,
  speeds: Readonly<Record<'receive' | 'transmit', number>>,
): Row {
  if (!answers(journey)) return { status: section === 0 ? 'connecting' : 'can not connect' };
  if (section === 0) return { status: 'connecting' };
  const ways = { receive: direction !== 'transmit', transmit: direction !== 'receive' };
  return sortedRow({
    direction,
    duration: formatDuration(section * 1000),
    'local-cpu-load': String(Math.min(100, load + 20)),
    ...(ways.receive ? rates('rx', speeds.receive, section) : {}),
    'random-data': String(random),
    'remote-cpu-load': '31',
    status: isLast ? 'done testing' : 'running',
    ...(ways.transmit ? rates('tx', speeds.transmit, section) : {}),
  });
}

function rates(way: 'rx' | 'tx', bitsPerSecond: number, section: number): Row {
  return {
    [`${way}-10-second-average`]: String(bitsPerSecond),
    [`${way}-current`]: String(bitsPerSecond - (section % 3) * 1000),
    ...(way === 'rx' ? { 'lost-packets': '0' } : {}),
    [`${way}-size`]: '1500',
    [`${way}-total-average`]: String(bitsPerSecond),
  };
}
