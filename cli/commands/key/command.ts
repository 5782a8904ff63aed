import { Command } from 'commander';
import { generateKeyCommand } from './generate.ts';
import { promoteKeyCommand } from './promote.ts';
import { rotateKeyCommand } from './rotate.ts';
import { keyStatusCommand } from './status.ts';

/** `convoy key …`. */
export function keyCommand(): Command {
  return new Command('key')
    .description('change the master key that seals what Convoy keeps secret, without downtime')
    .addCommand(generateKeyCommand())
    .addCommand(promoteKeyCommand())
    .addCommand(rotateKeyCommand())
    .addCommand(keyStatusCommand());
}
