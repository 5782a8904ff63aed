import type { CommandDefinition, Snapshot } from '../../engine/definition.ts';
import { noMatch, notPermitted } from '../../engine/router-error.ts';
import { readFile, writeFile } from '../file/files.ts';
import { runAtBoot } from '../file/run-at-boot.ts';
import { packBackup } from './backup-file.ts';

/** What stays with `keep-users`. */
const USER_MENUS = ['/user', '/user/group', '/user/ssh-keys', '/user/settings', '/user/aaa'];

/** What the backup is called that is made before everything goes. */
const BACKUP = 'auto-before-reset.backup';

/** `/system/reset-configuration`: the router starts as it was made, or runs a script that says how it is to be. */
export const resetConfiguration: CommandDefinition = {
  policy: 'policy',
  parameters: [
    'caps-mode',
    'force-v6-to-v7-configuration-upgrade',
    'keep-apps',
    'keep-users',
    'no-defaults',
    'run-after-reset',
    'shutdown',
    'skip-backup',
  ],
  writes: true,
  run: (args, router, caller) => {
    if (!caller.policies.has('write') || !caller.policies.has('reboot')) throw notPermitted();
    const script = args.get('run-after-reset');
    if (script !== undefined && readFile(router, script) === undefined) throw noMatch('run-after-reset');
    const present = router.snapshot();
    if (!isYes(args.get('skip-backup'))) writeFile(router, BACKUP, packBackup(present, undefined));
    const factory = isYes(args.get('no-defaults'))
      ? withoutDefaults(router.factorySnapshot())
      : router.factorySnapshot();
    router.restore(isYes(args.get('keep-users')) ? { ...factory, ...only(present, USER_MENUS) } : factory);
    if (script !== undefined) runAtBoot(router, script);
    if (isYes(args.get('shutdown'))) router.shutdown();
    else router.reboot();
    return { kind: 'done' };
  },
};

/** Without the factory script: rows that it made say so in their comment. */
function withoutDefaults(snapshot: Snapshot): Snapshot {
  return Object.fromEntries(
    Object.entries(snapshot).map(([path, { nextId, items }]) => {
      const own = items.filter((item) => !/^defconf\b/.test(item.values['comment'] ?? ''));
      return [path, { nextId, items: own }];
    }),
  );
}

function only(snapshot: Snapshot, paths: readonly string[]): Snapshot {
  return Object.fromEntries(Object.entries(snapshot).filter(([path]) => paths.includes(path)));
}

function isYes(value: string | undefined): boolean {
  return value === '' || value === 'yes' || value === 'true';
}
