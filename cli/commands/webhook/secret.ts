import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { SECRET_PREFIX } from '../../../shared/platform/webhooks/sign-webhook.ts';
import { print } from '../terminal.ts';

/** `convoy webhook secret`. */
export function makeSecretCommand(): Command {
  return new Command('secret')
    .description('print a new secret to sign with, for a file that only the workers can read')
    .action(() => print(`${SECRET_PREFIX}${randomBytes(32).toString('base64')}`));
}
