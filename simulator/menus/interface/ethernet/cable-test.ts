import type { CommandDefinition, Item, Row, RouterView } from '../../../engine/definition.ts';
import { monitor, MONITOR_PARAMETERS } from '../../monitor.ts';
import { namedItems } from '../named-items.ts';
import { isCage } from '../port-hardware.ts';
import { isRunning } from '../running.ts';

/** `/interface/ethernet/cable-test`: with a link there is nothing to measure; else where each pair of wires ends. */
export const cableTest: CommandDefinition = {
  policy: 'test',
  parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
  run: (args, router, _caller, signal) => {
    const ports = namedItems(args, '/interface/ethernet', router);
    return monitor(args, router, signal, () => ports.map((port) => sample(port, router)));
  },
};

function sample(port: Item, router: RouterView): Row {
  const name = port.values['name'] ?? '';
  if (isRunning(port, router)) return { name, status: 'link-ok' };
  if (isCage(port)) return { name, status: 'no-link' };
  return { 'cable-pairs': openPairs(port, router), name, status: 'no-link' };
}

/** Four pairs that end in the air, all at the same distance in metres: the length of the cable that hangs there. */
function openPairs(port: Item, router: RouterView): string {
  const metres = 4 + ((Number.parseInt(port.id.slice(1), 16) + router.index) % 4);
  return Array.from({ length: 4 }, () => `open:${metres}`).join(',');
}
