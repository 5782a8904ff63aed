import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import { CliError } from '../../client/cli-error.ts';
import { databaseUrls } from '../database-urls.ts';
import { confirm, isInteractive, print, printJson } from '../terminal.ts';

interface Flags {
  keepDays: number;
  keepCount: number;
  comment: string;
  dryRun?: true;
  yes?: true;
  json?: true;
}

/** Devices looked at, and texts removed, in one transaction. */
const BATCH = 100;

/** `convoy snapshot prune`: what the schedule does every day, now and with other limits. */
export function pruneSnapshotsCommand(): Command {
  return new Command('prune')
    .description("remove old snapshots; a router's newest, those of baselines and of plans that can be taken back stay")
    .requiredOption('--keep-days <n>', 'days that are kept, 1 to 3650', wholeUpTo(3_650))
    .requiredOption('--keep-count <n>', 'snapshots that are kept of each router, 1 to 10000', wholeUpTo(10_000))
    .requiredOption('--comment <text>', 'why; it is recorded')
    .option('--dry-run', 'count and remove nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print data as JSON')
    .action(async (flags: Flags) => {
      const { serviceUrl } = await databaseUrls();
      if (flags.yes !== true && flags.dryRun !== true) await demandYes();
      // The database layer takes longer to load than everything else together.
      const { openDatabase } = await import('../../../shared/platform/persistence/database.ts');
      const database = await openDatabase({ url: serviceUrl, poolMax: 2 });
      try {
        const removed = await prune(database, flags);
        if (flags.json) printJson({ ...removed, dryRun: flags.dryRun === true });
        else if (flags.dryRun) print(`${removed.snapshots} snapshots would be removed.`);
        else print(`Removed ${removed.snapshots} snapshots, and ${removed.texts} texts that no other has.`);
      } finally {
        await database.close();
      }
    });
}

async function prune(database: Database, { keepDays, keepCount, comment, dryRun }: Flags) {
  const record = { action: 'snapshots_pruned', actor: `os:${userInfo().username}`, via: 'cli' } as const;
  const isDryRun = dryRun === true;
  const limits = { keepDays, keepCount };
  let snapshots = 0;
  let afterDevice: string | null = null;
  do {
    const page = await database.snapshots.prune({ ...limits, now: new Date(), afterDevice, limit: BATCH, isDryRun });
    snapshots += page.removed;
    afterDevice = page.lastDevice;
  } while (afterDevice !== null);
  let texts = 0;
  for (let removed = isDryRun ? 0 : BATCH; removed === BATCH; texts += removed) {
    removed = await database.snapshots.removeOrphanTexts(BATCH);
  }
  if (!isDryRun) {
    await database.audit.append({
      ...record,
      key: `snapshots_pruned/${randomUUID()}`,
      authMethod: 'operating-system',
      outcome: 'ok',
      arguments: { ...limits, comment },
      details: { snapshots, texts },
    });
  }
  return { snapshots, texts };
}

async function demandYes(): Promise<void> {
  if (isInteractive() && (await confirm('Remove old snapshots for good?'))) return;
  throw new CliError('NOT_CONFIRMED', 'Nothing was removed.', { hint: 'Say --yes where nobody can be asked.' });
}

function wholeUpTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,5}$/.test(text) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Allowed is a whole number from 1 to ${most}.`);
  };
}
