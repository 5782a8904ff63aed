import { WorkflowNotFoundError } from '@temporalio/common';
import { Command } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { onTemporal } from '../on-temporal.ts';
import { print } from '../terminal.ts';

/** `convoy workflow …`. */
export function workflowCommand(): Command {
  return new Command('workflow')
    .description('workflows that cannot go on by themselves, for whoever holds the signing key')
    .addCommand(terminateCommand());
}

/** `convoy workflow terminate`: what the Temporal UI behind the gateway allows nobody. */
function terminateCommand(): Command {
  return new Command('terminate')
    .description('end a workflow where it stands: nothing is put back, and nothing it began is finished')
    .argument('<workflow>', 'its id, as the Temporal UI shows it, such as device-change/dev_…')
    .requiredOption('--reason <text>', 'why; it stands at the end of its history')
    .action(async (workflowId: string, { reason }: { reason: string }) => {
      await onTemporal(
        ['read', 'write'],
        (client) => client.workflow.getHandle(workflowId).terminate(reason),
        (error) =>
          error instanceof WorkflowNotFoundError
            ? new CliError('NOT_FOUND', `No workflow "${workflowId}" is running.`, { cause: error })
            : null,
      );
      print(`Terminated ${workflowId}. Read the routers it was about: what it wrote so far stays.`);
    });
}
