import { Command } from 'commander';
import { print, printJson } from '../terminal.ts';
import { summary } from './create.ts';
import { backupSettings } from './settings.ts';

/** `convoy backup check`: changes nothing. */
export function checkBackupCommand(): Command {
  return new Command('check')
    .description('read a backup to its end and say whether it is whole and the master keys at hand fit')
    .argument('<file>', 'a backup')
    .option('--json', 'print data as JSON')
    .action(async (file: string, { json }: { json?: true }) => {
      const { keyring } = await backupSettings();
      const { demandWhole, readManifest } = await import('../../../shared/platform/backup/archive.ts');
      const { demandMasterKeys } = await import('../../../shared/platform/backup/manifest.ts');
      const manifest = await readManifest(file);
      await demandWhole(file);
      demandMasterKeys(manifest, keyring);
      if (json) printJson({ file, ok: true, ...summary(manifest) });
      else print(`${file}, made ${manifest.createdAt}, is whole, and the master keys at hand fit it.`);
    });
}
