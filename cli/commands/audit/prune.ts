import { userInfo } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { databaseUrls } from '../database-urls.ts';
import { confirm, isInteractive, print, printJson } from '../terminal.ts';

interface Flags {
  before: Date;
  comment: string;
  yes?: true;
  json?: true;
}

/** `convoy audit prune`, as the owner of the tables. */
export function pruneAuditCommand(): Command {
  return new Command('prune')
    .description('remove entries that are older than a date, at least a year ago; the rest still verifies')
    .requiredOption('--before <date>', 'only entries before this time, such as 2025-01-31', toDate)
    .requiredOption('--comment <text>', 'why; it is recorded')
    .option('--yes', 'do not ask')
    .option('--json', 'print data as JSON')
    .action(async ({ before, comment, yes, json }: Flags) => {
      const { ownerUrl } = await databaseUrls();
      if (yes !== true) await demandYes(before);
      const { pruneAudit } = await import('../../../shared/platform/persistence/prune-audit.ts');
      const actor = `${userInfo().username} (database owner)`;
      const { removed, through } = await pruneAudit({ ownerUrl, before, comment, actor });
      if (json) printJson({ removed, through });
      else if (through === null) print('There is nothing to remove.');
      else print(`Removed ${removed} entries; the chain continues from ${through.seq}:${through.hash}.`);
    });
}

async function demandYes(before: Date): Promise<void> {
  const question = `Remove all audit entries before ${before.toISOString()} for good?`;
  if (isInteractive() && (await confirm(question))) return;
  throw new CliError('NOT_CONFIRMED', 'Nothing was removed.', { hint: 'Say --yes where nobody can be asked.' });
}

function toDate(text: string): Date {
  const date = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('Allowed is a date such as 2025-01-31, or a time such as 2025-01-31T12:00:00Z.');
}
