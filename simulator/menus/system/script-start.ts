import type { Caller, Item, RouterView } from '../../engine/definition.ts';
import { notPermitted } from '../../engine/router-error.ts';
import { policiesIn } from './script-policies.ts';

export const SCRIPTS = '/system/script';

/** The script of a name; undefined when there is none. */
export function findScript(router: RouterView, name: string): Item | undefined {
  return router.items(SCRIPTS).find((item) => item.values['name'] === name);
}

/**
 * Starts a script with its own policies, which whoever runs it must have all of, unless the script says otherwise.
 * What it fails with is told to `onFailure`, also when it may not start.
 */
export function startScript(
  router: RouterView,
  script: Item,
  caller: Caller,
  options: {
    /** The policies of the script are enough. */
    readonly useScriptPermissions?: boolean;
    readonly onDone?: () => void;
    readonly onFailure: (message: string) => void;
  },
): void {
  const policies = policiesIn(script);
  const mayRun = [...policies].every((policy) => caller.policies.has(policy));
  const { useScriptPermissions = false, onDone, onFailure } = options;
  if (!mayRun && !useScriptPermissions && script.values['dont-require-permissions'] !== 'true') {
    onFailure(notPermitted().message);
    return;
  }
  script.internal['runs'] = (script.internal['runs'] ?? 0) + 1;
  script.internal['startedMs'] = router.clock.now();
  router.runScript(script.values['source'] ?? '', {
    onFailure,
    ...(onDone ? { onDone } : {}),
    caller: { user: caller.user, transport: 'script', address: '', policies },
    script: script.values['name'] ?? '',
  });
}
