import type { Change, CommandDefinition, RouterView } from '../../engine/definition.ts';
import { namedItems } from '../interface/named-items.ts';

/** Counters begin when a queue is made or enabled. */
export function startCounting({ kind, item, before, after }: Change, router: RouterView): void {
  const wasOff = before?.['disabled'] === 'true' && after['disabled'] !== 'true';
  if (kind === 'add' || wasOff) item.internal['countedFromMs'] = router.clock.uptimeMs();
}

/** `reset-counters` and `reset-counters-all` of a menu of queues. */
export function counterCommands(menu: string): Readonly<Record<string, CommandDefinition>> {
  return {
    'reset-counters': {
      policy: 'write',
      parameters: ['.id', 'numbers'],
      run: (args, router) => {
        for (const item of namedItems(args, menu, router)) item.internal['countedFromMs'] = router.clock.uptimeMs();
        return { kind: 'done' };
      },
    },
    'reset-counters-all': {
      policy: 'write',
      parameters: [],
      run: (_args, router) => {
        for (const item of router.items(menu)) item.internal['countedFromMs'] = router.clock.uptimeMs();
        return { kind: 'done' };
      },
    },
  };
}

/** Counters begin anew at boot. */
export function countFromBoot(menu: string): (router: RouterView) => void {
  return (router) => {
    for (const item of router.items(menu)) delete item.internal['countedFromMs'];
  };
}
