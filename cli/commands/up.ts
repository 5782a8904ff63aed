import { Command, InvalidArgumentError } from 'commander';
import type { Stack } from '../stack/start-stack.ts';
import { renderFailure } from './report-failure.ts';
import { print, tell } from './terminal.ts';
import { walkThrough } from './tour.ts';
import { whereEverythingIs } from './where.ts';

interface Flags {
  tour?: boolean;
  once?: true;
  fleet?: number;
}

const MOST_ROUTERS = 1000;

/** `convoy up`. */
export function upCommand(): Command {
  return new Command('up')
    .description('start the embedded stack and stay up until Ctrl-C')
    .option('--tour', 'walk through the main job first')
    .option('--no-tour', 'only start the stack')
    .option('--once', 'the tour, then stop: exit code 0 if every step did what it must')
    .option('--fleet <n>', 'simulated routers, 0 for none (default: 12)', fleetSize)
    .action(async (flags: Flags) => {
      // The stack's parts take longer to load than every other command takes to run.
      const { startStack } = await import('../stack/start-stack.ts');
      const stack = await startStack({ routers: flags.fleet, handleSignals: true, say: print });
      let isStopped = false;
      const stopped = stack.stopped.then(() => {
        isStopped = true;
      });
      if (flags.tour ?? flags.once) await showTour(stack);
      if (flags.once) await stack.stop();
      if (!isStopped) print(whereEverythingIs(stack.file(), stack.home.logsDir));
      await stopped;
    });
}

/** Runs the tour and says what went wrong. When Ctrl-C stops the stack under it, its own complaints are of no interest. */
async function showTour(stack: Stack): Promise<void> {
  let isInterrupted = false;
  const note = (): void => {
    isInterrupted = true;
  };
  process.once('SIGINT', note).once('SIGTERM', note);
  try {
    await Promise.race([walkThrough(stack.file()), stack.stopped]);
  } catch (error) {
    if (!isInterrupted) tell(renderFailure(error, false));
    process.exitCode = 1;
  } finally {
    process.off('SIGINT', note).off('SIGTERM', note);
  }
  if (!isInterrupted) return;
  process.exitCode = 130;
  await stack.stop();
}

function fleetSize(given: string): number {
  const size = Number(given);
  if (/^\d+$/.test(given) && size <= MOST_ROUTERS) return size;
  throw new InvalidArgumentError(`${JSON.stringify(given)} is not a whole number from 0 to ${MOST_ROUTERS}.`);
}
