/** The command line `convoy`. */
import { createProgram } from './commands/program.ts';
import { renderFailure } from './commands/report-failure.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  process.stderr.write(`${renderFailure(error, process.argv.includes('--json'))}\n`);
  process.exitCode = 1;
}
