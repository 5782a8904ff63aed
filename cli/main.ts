/** The command line `convoy`. */
import { createProgram } from './commands/program.ts';
import { renderFailure } from './commands/report-failure.ts';

/** As a program that SIGPIPE ends: 128 and the number of the signal. */
const ENDED_BY_SIGPIPE = 141;

// Whoever reads has had enough, as `head` has: nothing to complain of, and nothing more to do for them.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(ENDED_BY_SIGPIPE);
  });
}

try {
  await createProgram().parseAsync();
} catch (error) {
  process.stderr.write(`${renderFailure(error, process.argv.includes('--json'))}\n`);
  process.exitCode = 1;
}
