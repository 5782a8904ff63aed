import type { Step } from '../../shared/domain/change.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { undoCommands } from '../../shared/routeros/undo-script.ts';
import { armDeadMan, type ArmedDeadMan } from './dead-man.ts';

/** Arms the switch that takes these steps back. The router has access to the switch's menus and to those of the steps. */
export async function guardSteps(
  router: Router,
  steps: readonly Step[],
  { transaction, minutes }: { transaction: string; minutes: number },
): Promise<ArmedDeadMan> {
  const undo = undoCommands(steps, await menusWithDynamicRows(router, steps));
  return armDeadMan(router, { transaction, minutes, undo });
}

/** Connections, leases and learned routes stand among the configured rows, under the same names. */
async function menusWithDynamicRows(router: Router, steps: readonly Step[]): Promise<Set<string>> {
  const found = new Set<string>();
  const menus = new Set(steps.filter(({ op }) => op !== 'set').map(({ menu }) => menu));
  for (const menu of menus) {
    const rows = await router.list(menu, { fields: ['dynamic'] });
    if (rows.some((row) => row['dynamic'] !== undefined)) found.add(menu);
  }
  return found;
}
