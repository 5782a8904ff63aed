import { Command } from 'commander';
import { explainAccessCommand } from './explain.ts';
import { listRevocationsCommand, restoreAccessCommand, revokeAccessCommand } from './revocations.ts';

/** `convoy access …`. */
export function accessCommand(): Command {
  return new Command('access')
    .description('who may do what, and who may not any more')
    .addCommand(explainAccessCommand())
    .addCommand(revokeAccessCommand())
    .addCommand(restoreAccessCommand())
    .addCommand(listRevocationsCommand());
}
