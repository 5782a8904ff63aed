import { Command } from 'commander';
import type { RestoredBackup } from '../../../shared/platform/backup/restore-backup.ts';
import { CliError } from '../../client/cli-error.ts';
import { cleanLeftovers } from '../../stack/leftovers.ts';
import { createHome } from '../../stack/home.ts';
import { findFreePorts } from '../../stack/ports.ts';
import { startPostgres } from '../../stack/postgres.ts';
import { openProcesses } from '../../stack/processes.ts';
import { confirm, isInteractive, print, printJson, tell } from '../terminal.ts';
import { backupSettings, temporalStoreOf, type BackupSettings } from './settings.ts';

interface Flags {
  temporal: boolean;
  replace?: true;
  yes?: true;
  json?: true;
}

/** `convoy backup restore`, with everything stopped. */
export function restoreBackupCommand(): Command {
  return new Command('restore')
    .description("put a backup back; Convoy's processes and the Temporal server must be stopped")
    .argument('<file>', 'a backup')
    .option('--replace', 'also where the databases are not empty: what is in them is gone then')
    .option('--no-temporal', 'without the histories of Temporal')
    .option('--yes', 'do not ask')
    .option('--json', 'print data as JSON')
    .action(async (file: string, flags: Flags) => {
      const settings = await backupSettings();
      if (flags.replace && flags.yes !== true) await demandYes();
      const restored = await (settings.isDeployment ? intoDeployment : intoHome)(settings, file, flags);
      const { manifest, auditEntries } = restored;
      if (flags.json) printJson({ file, createdAt: manifest.createdAt, auditEntries, audit: manifest.audit });
      else print(render(restored));
    });
}

async function demandYes(): Promise<void> {
  if (isInteractive() && (await confirm('Replace everything in the databases by the backup?'))) return;
  throw new CliError('NOT_CONFIRMED', 'Nothing was changed.', { hint: 'Say --yes where nobody can be asked.' });
}

async function intoDeployment(settings: BackupSettings, file: string, flags: Flags): Promise<RestoredBackup> {
  const { postgresUrl, postgresOwnerUrl } = settings.config;
  if (postgresUrl === undefined || postgresOwnerUrl === undefined) {
    throw new CliError('INVALID_CONFIGURATION', 'CONVOY_POSTGRES_OWNER_URL is not set.', {
      hint: 'Tables are made by their owner; CONVOY_POSTGRES_URL names the role of the processes.',
    });
  }
  return await restore(settings, { file, flags, postgresUrl, postgresOwnerUrl });
}

/** The embedded stack is down, and of it PostgreSQL is started for this alone. */
async function intoHome(settings: BackupSettings, file: string, flags: Flags): Promise<RestoredBackup> {
  const home = await createHome(settings.home.root);
  await cleanLeftovers(home);
  const processes = openProcesses(home);
  try {
    const [port = 0] = await findFreePorts(1);
    const { url, ownerUrl } = await startPostgres({ processes, ...home, port });
    return await restore(settings, { file, flags, postgresUrl: url, postgresOwnerUrl: ownerUrl });
  } finally {
    await processes.stopAll();
  }
}

async function restore(
  settings: BackupSettings,
  { file, flags, ...urls }: { file: string; flags: Flags; postgresUrl: string; postgresOwnerUrl: string },
): Promise<RestoredBackup> {
  const { restoreBackup } = await import('../../../shared/platform/backup/restore-backup.ts');
  return restoreBackup({
    file,
    ...urls,
    temporal: temporalStoreOf(settings, flags),
    keyring: settings.keyring,
    replaces: flags.replace ?? false,
    say: tell,
  });
}

function render({ manifest, auditEntries }: RestoredBackup): string {
  return [
    `Restored as it was ${manifest.createdAt}; ${auditEntries} entries of the audit verify.`,
    'Start the Temporal server, then Convoy. What was done after the backup is not known here: read the routers before you write.',
  ].join('\n');
}
