import type { Caller, RouterView } from '../../engine/definition.ts';
import { ALL_POLICIES } from '../../engine/policy.ts';
import { bytesOf, findFile, FILES } from './files.ts';

const ROUTER_ITSELF: Caller = { user: '*sys', policies: ALL_POLICIES, transport: 'script', address: '' };

/** How long after its start the router begins with the script, in milliseconds. */
const DELAY_MS = 3000;

/** Has a file run as a script, once, when the router starts the next time. */
export function runAtBoot(router: RouterView, name: string): void {
  const item = findFile(router, name);
  if (item) item.internal['runsAtBoot'] = 1;
}

/** Runs what was put down for this start; what was in memory only is gone by now. */
export function runBootScripts(router: RouterView): void {
  for (const item of router.items(FILES)) {
    if (item.internal['runsAtBoot'] !== 1) continue;
    delete item.internal['runsAtBoot'];
    router.clock.setTimer(`run-after-reset/${item.id}`, DELAY_MS, () => {
      router.runScript(bytesOf(item).toString('utf8'), {
        caller: ROUTER_ITSELF,
        script: item.values['name'] ?? '',
        onFailure: (message) => router.log('script,error', `run-after-reset script failed: ${message}`),
      });
    });
  }
}
