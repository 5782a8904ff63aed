import type { CommandDefinition, Row, RouterView } from '../../engine/definition.ts';
import { invalidValue, missingArgument } from '../../engine/router-error.ts';
import { lookUpRoute } from '../../network/look-up-route.ts';
import { isIpAddress } from '../../values/ip-address.ts';
import { MONITOR_PARAMETERS, monitor } from '../monitor.ts';

/** `/ip/route/check`: which way the router would send packets for `dst-ip`. */
export const routeCheck: CommandDefinition = {
  policy: 'read',
  parameters: ['dst-ip', 'src-ip', ...MONITOR_PARAMETERS],
  since: '7.17',
  run: (args, router, _caller, signal) => {
    const destination = args.get('dst-ip');
    if (destination === undefined) throw missingArgument('dst-ip');
    const source = args.get('src-ip');
    for (const [name, value] of [
      ['dst-ip', destination],
      ['src-ip', source],
    ] as const) {
      if (value !== undefined && !isIpAddress(value)) throw invalidValue(name);
    }
    return monitor(args, router, signal, () => [verdict(router, destination, source)]);
  },
};

/** The keys of the reply are not measured on a device; the manual shows these columns. */
function verdict(router: RouterView, destination: string, source: string | undefined): Row {
  const found = lookUpRoute(router, destination, { source });
  if (found.kind === 'forward') {
    return { interface: found.interfaceName, nexthop: found.gateway ?? destination, status: 'ok' };
  }
  if (found.kind === 'local') return { interface: 'local', nexthop: destination, status: 'ok' };
  return { interface: '', nexthop: '', status: found.kind === 'blackhole' ? 'blackhole' : 'unreachable' };
}
