import { Command, InvalidArgumentError } from 'commander';
import { startStack, type Stack } from '../stack/start-stack.ts';
import { whereEverythingIs } from './where.ts';
import { print, tell } from './terminal.ts';

/** Walks through the main job on a running stack and prints it as it happens; answers whether every step did what it must. */
export type RunTour = (stack: Stack) => Promise<boolean>;

interface Flags {
  tour?: boolean;
  once?: true;
  fleet?: number;
}

const MOST_ROUTERS = 1000;

/** `convoy up`. */
export function upCommand(runTour?: RunTour): Command {
  return new Command('up')
    .description('start the embedded stack and stay up until Ctrl-C')
    .option('--tour', 'walk through the main job first')
    .option('--no-tour', 'only start the stack')
    .option('--once', 'the tour, then stop: exit code 0 if every step did what it must')
    .option('--fleet <n>', 'simulated routers, 0 for none (default: 12)', fleetSize)
    .action(async (flags: Flags) => {
      const isTourWanted = flags.tour ?? flags.once ?? false;
      const stack = await startStack({ routers: flags.fleet, handleSignals: true, say: tell });
      if (isTourWanted && runTour) {
        // Ctrl-C stops the stack under the tour, which then has nothing left to say.
        const outcome = await Promise.race([runTour(stack), stack.stopped.then(() => 'interrupted' as const)]);
        if (outcome === 'interrupted') {
          process.exitCode = 130;
          return;
        }
        if (!outcome) process.exitCode = 1;
      }
      if (flags.once) {
        await stack.stop();
        return;
      }
      print(whereEverythingIs(stack.file(), stack.home.logsDir));
      await stack.stopped;
    });
}

function fleetSize(given: string): number {
  const size = Number(given);
  if (/^\d+$/.test(given) && size <= MOST_ROUTERS) return size;
  throw new InvalidArgumentError(`${JSON.stringify(given)} is not a whole number from 0 to ${MOST_ROUTERS}.`);
}
