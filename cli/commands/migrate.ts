import { Command } from 'commander';
import { databaseUrls } from './database-urls.ts';
import { print, printJson } from './terminal.ts';

/** `convoy migrate`. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database up to date, as CONVOY_POSTGRES_OWNER_URL or in the running stack')
    .option('--json', 'print data as JSON')
    .action(async ({ json }: { json?: true }) => {
      const { serviceUrl, ownerUrl } = await databaseUrls();
      // The database layer takes longer to load than everything else together.
      const { migrate, roleOf } = await import('../../shared/platform/persistence/migrate.ts');
      const applied = await migrate({ url: ownerUrl, serviceRole: roleOf(serviceUrl) });
      if (json) printJson({ applied });
      else if (applied.length === 0) print('The database is up to date.');
      else print(`Applied ${applied.join(', ')}.`);
    });
}
