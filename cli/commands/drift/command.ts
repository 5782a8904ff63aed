import { Command } from 'commander';
import { acknowledgeDriftCommand } from './acknowledge.ts';
import { setBaselineCommand } from './baseline.ts';
import { checkDriftCommand } from './check.ts';
import { listDriftCommand } from './list.ts';
import { remediateDriftCommand } from './remediate.ts';

/** `convoy drift …`. */
export function driftCommand(): Command {
  return new Command('drift')
    .description('what of routers is not as their baselines say')
    .addCommand(setBaselineCommand())
    .addCommand(checkDriftCommand())
    .addCommand(listDriftCommand())
    .addCommand(acknowledgeDriftCommand())
    .addCommand(remediateDriftCommand());
}
