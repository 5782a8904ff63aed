import { Command } from 'commander';
import { CliError } from '../client/cli-error.ts';
import { homeAt, homePath } from '../stack/home.ts';
import { readStackFile, type StackFile } from '../stack/stack-file.ts';
import { print } from './terminal.ts';

/** `convoy tour`: the main job on the running embedded stack; exit code 1 when a step did not do what it must. */
export function tourCommand(): Command {
  return new Command('tour')
    .description('walk through the main job on the running stack: propose, approve, roll out, fail, roll back')
    .action(async () => walkThrough(await readStackFile(homeAt(homePath()).stackFile)));
}

/** Runs the tour and prints it as it happens; fails with TOUR_FAILED. */
export async function walkThrough(stack: StackFile): Promise<void> {
  // The MCP client is needed by no other command.
  const [{ runTour }, { TourFailure }] = await Promise.all([import('../tour/tour.ts'), import('../tour/narrator.ts')]);
  try {
    await runTour(stack, print);
  } catch (error) {
    if (!(error instanceof TourFailure)) throw error;
    throw new CliError('TOUR_FAILED', error.message, {
      hint: 'The logs are in the folder that "npx convoy status --json" and the start of the stack name.',
      cause: error,
    });
  }
}
