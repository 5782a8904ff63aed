import type { CommandDefinition, Item, Row, RouterView } from '../../../engine/definition.ts';
import { monitor, MONITOR_PARAMETERS } from '../../monitor.ts';
import { namedItems } from '../named-items.ts';
import { isCage, speedOf } from '../port-hardware.ts';
import { isRunning } from '../running.ts';

/** `/interface/ethernet/monitor`: the state of the link and, for cages, of the module. */
export const monitorPort: CommandDefinition = {
  policy: 'read',
  parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
  run: (args, router, _caller, signal) => {
    const ports = namedItems(args, '/interface/ethernet', router);
    return monitor(args, router, signal, () => ports.map((port) => sample(port, router)));
  },
};

function sample(port: Item, router: RouterView): Row {
  const { modes, rate } = speedOf(port);
  const forced = port.values['speed'];
  const supported = modes.join(',');
  const up = isRunning(port, router);
  const negotiates = port.values['auto-negotiation'] !== 'false';
  const row: Row = {
    ...(negotiates ? { advertising: port.values['advertise'] ?? supported } : {}),
    'auto-negotiation': negotiates ? 'done' : 'disabled',
    ...(negotiates ? { 'link-partner-advertising': up ? supported : '' } : {}),
    name: port.values['name'] ?? '',
    status: up ? 'link-ok' : 'no-link',
    supported,
    ...(up
      ? {
          'full-duplex': String(negotiates || !forced?.endsWith('-half')),
          rate: negotiates || forced === undefined ? rate : `${forced.split('-')[0]}bps`,
          'rx-flow-control': String(port.values['rx-flow-control'] === 'on'),
          'tx-flow-control': String(port.values['tx-flow-control'] === 'on'),
        }
      : {}),
    ...(isCage(port) ? moduleOf(port, router) : {}),
  };
  return Object.fromEntries(Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** What the module in a cage tells of itself; an empty cage says only that. */
function moduleOf(port: Item, router: RouterView): Row {
  if (port.internal['unplugged'] === 1) return { 'sfp-module-present': 'false' };
  const serial = `S${String(router.index * 64 + Number.parseInt(port.id.slice(1), 16)).padStart(9, '0')}`;
  return {
    'sfp-connector-type': 'LC',
    'sfp-link-length-sm': '10km',
    'sfp-module-present': 'true',
    'sfp-rx-loss': 'false',
    'sfp-rx-power': '-4.812',
    'sfp-supply-voltage': '3.291',
    'sfp-temperature': '41',
    'sfp-tx-bias-current': '34',
    'sfp-tx-fault': 'false',
    'sfp-tx-power': '-2.406',
    'sfp-type': 'SFP/SFP+/SFP28/SFP56',
    'sfp-vendor-name': 'Mikrotik',
    'sfp-vendor-part-number': 'S+31DLC10D',
    'sfp-vendor-revision': '1.0',
    'sfp-vendor-serial': serial,
    'sfp-wavelength': '1310',
  };
}
