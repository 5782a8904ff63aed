import type { Item, MenuDefinition, Row, RouterView } from '../../../engine/definition.ts';
import { text } from '../../../values/field-types.ts';
import { monitor, MONITOR_PARAMETERS } from '../../monitor.ts';
import { namedItems } from '../named-items.ts';
import { hasPoweredPorts } from '../port-hardware.ts';
import { POE_FIELDS } from './poe-fields.ts';

const PATH = '/interface/ethernet/poe';

/** Ports that give power, on boards that have such. Source of the fields: manual, PoE-Out. */
export const poePorts: MenuDefinition = {
  path: PATH,
  kind: 'list',
  rows: 'fixed',
  rowsOf: { menu: '/interface', values: { type: 'ether', 'gives-power': 'true' } },
  nameField: 'name',
  noun: 'poe settings',
  available: ({ board }) => hasPoweredPorts(board),
  fields: {
    name: { type: text, access: 'read-only' },
    ...POE_FIELDS,
  },
  commands: {
    monitor: {
      policy: 'read',
      parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const ports = namedItems(args, PATH, router);
        return monitor(args, router, signal, () => ports.map((port) => sample(port, router)));
      },
    },
    'power-cycle': {
      policy: 'write',
      parameters: ['.id', 'numbers', 'duration'],
      writes: true,
      run: (args, router) => {
        for (const port of namedItems(args, PATH, router)) {
          router.log('poe-out,info', `${port.values['name']} power-cycle`);
        }
        return { kind: 'done' };
      },
    },
  },
};

/** Every second device that is plugged in takes its power from the port. */
function takesPower(port: Item, router: RouterView): boolean {
  return port.internal['unplugged'] !== 1 && (Number.parseInt(port.id.slice(1), 16) + router.index) % 2 === 0;
}

function sample(port: Item, router: RouterView): Row {
  const out = port.values['poe-out'] ?? '';
  const name = port.values['name'] ?? '';
  if (out === 'off') return { name, 'poe-out': out, 'poe-out-status': 'disabled' };
  if (!takesPower(port, router)) return { name, 'poe-out': out, 'poe-out-status': 'waiting-for-load' };
  const milliamperes = 60 + ((Number.parseInt(port.id.slice(1), 16) * 37 + router.index * 11) % 120);
  return {
    name,
    'poe-out': out,
    'poe-out-current': String(milliamperes),
    'poe-out-power': ((milliamperes * SUPPLY_VOLTS) / 1000).toFixed(1),
    'poe-out-status': 'powered-on',
    'poe-out-voltage': SUPPLY_VOLTS.toFixed(1),
  };
}

const SUPPLY_VOLTS = 52.8;
