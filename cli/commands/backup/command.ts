import { Command } from 'commander';
import { checkBackupCommand } from './check.ts';
import { createBackupCommand } from './create.ts';
import { restoreBackupCommand } from './restore.ts';

/** `convoy backup …`. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('keep everything in one file, check such a file, put it back')
    .addCommand(createBackupCommand())
    .addCommand(checkBackupCommand())
    .addCommand(restoreBackupCommand());
}
