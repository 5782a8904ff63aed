import type { CommandDefinition, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { badRequest, failure, missingArgument, notPermitted } from '../../engine/router-error.ts';
import { word } from '../../values/field-types.ts';
import { localTime } from '../../values/local-time.ts';
import { readFile, writeFile } from '../file/files.ts';
import { packBackup, unpackBackup } from './backup-file.ts';

/** Refusals of `load`; their texts are not measured on a device. */
const NO_SUCH_BACKUP = 'no such backup file';
const BACKUP_UNREADABLE = 'backup file is damaged or password is wrong';

/** Backups hold the configuration with users, certificates and scripts; no files, no log, no history. */
export const systemBackup: MenuDefinition = {
  path: '/system/backup',
  kind: 'directory',
  fields: {},
  commands: { load: loadCommand(), save: saveCommand() },
};

/** Without a password, a backup is not encrypted. */
function saveCommand(): CommandDefinition {
  return {
    policy: 'ftp',
    parameters: ['dont-encrypt', 'encryption', 'name', 'password'],
    writes: true,
    secrets: ['password'],
    run: (args, router, caller) => {
      if (!caller.policies.has('write')) throw notPermitted();
      const encryption = args.get('encryption');
      if (encryption !== undefined) word('aes-sha256', 'rc4').parse(encryption, 'encryption', router);
      const name = args.get('name') ?? defaultName(router);
      const password = args.get('password') ?? '';
      const plain = password === '' || isYes(args.get('dont-encrypt'));
      const backup = packBackup(router.snapshot(), plain ? undefined : password);
      writeFile(router, name.endsWith('.backup') ? name : `${name}.backup`, backup);
      router.log('system,info', 'configuration backup saved');
      return { kind: 'done' };
    },
  };
}

/** The router takes the configuration in and starts anew. */
function loadCommand(): CommandDefinition {
  return {
    policy: 'policy',
    parameters: ['force-v6-to-v7-configuration-upgrade', 'name', 'password'],
    writes: true,
    secrets: ['password'],
    run: (args, router, caller) => {
      if (!caller.policies.has('write')) throw notPermitted();
      const name = args.get('name');
      if (name === undefined) throw missingArgument('name');
      const password = args.get('password');
      if (password === undefined) throw badRequest('missing value(s) of argument(s) password');
      const file = readFile(router, name) ?? readFile(router, `${name}.backup`);
      if (!file) throw failure(NO_SUCH_BACKUP);
      const snapshot = unpackBackup(file, password);
      if (!snapshot) throw failure(BACKUP_UNREADABLE);
      router.restore(snapshot);
      router.log('system,info', 'configuration backup loaded');
      router.reboot();
      return { kind: 'done' };
    },
  };
}

/** `MikroTik-20260927-1003` */
function defaultName(router: RouterView): string {
  const { date, time } = localTime(router.clock.now(), router.timeZone());
  const stamp = `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
  return `${router.singleton('/system/identity')['name'] ?? ''}-${stamp}`;
}

function isYes(value: string | undefined): boolean {
  return value === '' || value === 'yes' || value === 'true';
}
