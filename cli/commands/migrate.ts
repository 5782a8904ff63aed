import { Command } from 'commander';
import { loadConfig } from '../../shared/platform/config/load-config.ts';
import { toolConfig } from '../../shared/platform/config/processes.ts';
import { homeAt, homePath } from '../stack/home.ts';
import { readStackFile } from '../stack/stack-file.ts';
import { print, printJson } from './terminal.ts';

/** `convoy migrate`. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database of CONVOY_POSTGRES_URL, or of the running stack, up to date')
    .option('--json', 'print data as JSON')
    .action(async ({ json }: { json?: true }) => {
      const { postgresUrl } = loadConfig(toolConfig, process.env);
      const url = postgresUrl ?? (await readStackFile(homeAt(homePath()).stackFile)).postgresUrl;
      // The database layer takes longer to load than everything else together.
      const { migrate } = await import('../../shared/platform/persistence/migrate.ts');
      const applied = await migrate(url);
      if (json) printJson({ applied });
      else if (applied.length === 0) print('The database is up to date.');
      else print(`Applied ${applied.join(', ')}.`);
    });
}
