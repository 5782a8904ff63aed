import type { CommandDefinition, Item, Row, RouterView } from '../../engine/definition.ts';
import { missingArgument, noMatch } from '../../engine/router-error.ts';
import { monitor, MONITOR_PARAMETERS } from '../monitor.ts';
import { trafficOf, type Traffic } from './traffic.ts';

/** `/interface/monitor-traffic` of some interfaces, and of all together under the name `aggregate`. */
export const monitorTraffic: CommandDefinition = {
  policy: 'read',
  parameters: ['interface', ...MONITOR_PARAMETERS],
  run: (args, router, _caller, signal) => {
    const wanted = args.get('interface');
    if (wanted === undefined) throw missingArgument('interface');
    const shown = wanted.split(',').map((name) => (name === AGGREGATE ? name : interfaceNamed(name, router)));
    return monitor(args, router, signal, () => shown.map((one) => sample(one, router)));
  },
};

const AGGREGATE = 'aggregate';

function interfaceNamed(name: string, router: RouterView): Item {
  const item = router.items('/interface').find((one) => one.values['name'] === name || one.id === name);
  if (!item) throw noMatch('interface');
  return item;
}

function sample(shown: Item | typeof AGGREGATE, router: RouterView): Row {
  const traffic = shown === AGGREGATE ? total(router) : trafficOf(shown, router);
  return {
    'fp-rx-bits-per-second': '0',
    'fp-rx-packets-per-second': '0',
    'fp-tx-bits-per-second': '0',
    'fp-tx-packets-per-second': '0',
    name: shown === AGGREGATE ? AGGREGATE : (shown.values['name'] ?? ''),
    'rx-bits-per-second': String(traffic.rxBytes * 8),
    'rx-drops-per-second': '0',
    'rx-errors-per-second': '0',
    'rx-packets-per-second': String(traffic.rxPackets),
    'tx-bits-per-second': String(traffic.txBytes * 8),
    'tx-drops-per-second': '0',
    'tx-errors-per-second': '0',
    'tx-packets-per-second': String(traffic.txPackets),
    'tx-queue-drops-per-second': '0',
  };
}

function total(router: RouterView): Traffic {
  const each = router.items('/interface').map((item) => trafficOf(item, router));
  const sum = (key: keyof Traffic): number => each.reduce((all, traffic) => all + traffic[key], 0);
  return { rxBytes: sum('rxBytes'), rxPackets: sum('rxPackets'), txBytes: sum('txBytes'), txPackets: sum('txPackets') };
}
