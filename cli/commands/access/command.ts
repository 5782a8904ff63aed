import { Command } from 'commander';
import { listRevocationsCommand, restoreAccessCommand, revokeAccessCommand } from './revocations.ts';

/** `convoy access …`. */
export function accessCommand(): Command {
  return new Command('access')
    .description('who may do what, and who may not any more')
    .addCommand(revokeAccessCommand())
    .addCommand(restoreAccessCommand())
    .addCommand(listRevocationsCommand());
}
