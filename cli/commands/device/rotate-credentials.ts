import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { OLD_USER_FATES } from '../../../shared/contract/rotation-messages.ts';
import { CliError } from '../../client/cli-error.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { readPassword } from './password.ts';
import { renderFound } from './render-found.ts';
import { lineOf, renewLogins } from './renew-logins.ts';

interface Flags extends ConnectionFlags {
  generate?: true;
  oldUser?: string;
  environment?: string;
  tag?: string[];
  maxFailures: string;
  username?: string;
  passwordStdin?: true;
  sshKeyFile?: string;
}

/** `convoy device rotate-credentials`. */
export function rotateCredentialsCommand(): Command {
  return withConnection(new Command('rotate-credentials'))
    .description('replace the login of a registered router: by one that Convoy makes, or by one that works already')
    .argument('[device]', 'id or name; left out with --generate: all that --environment and --tag select')
    .option('--generate', 'Convoy makes a new user on the router, proves it, and goes over to it')
    .addOption(
      new Option('--old-user <fate>', 'with --generate: what becomes of the present user').choices([...OLD_USER_FATES]),
    )
    .option('--environment <name>', 'with --generate: all routers of lab, staging or prod')
    .option('--tag <tag...>', 'with --generate: all routers that have all of these tags')
    .option('--max-failures <n>', 'with several routers: stop after so many failed', '1')
    .option('--username <name>', "Convoy's user on the router from now on; it must exist there")
    .option('--password-stdin', 'read its password from standard input (else CONVOY_DEVICE_PASSWORD, else asked for)')
    .option('--ssh-key-file <file>', 'its private key for SSH, without a passphrase; left out: the password')
    .action((ref: string | undefined, flags: Flags) => (flags.generate ? generate(ref, flags) : replace(ref, flags)));
}

async function generate(ref: string | undefined, flags: Flags): Promise<void> {
  const { environment, tag: tags, oldUser, json = false } = flags;
  const isSelected = environment !== undefined || tags !== undefined;
  if ((ref === undefined) !== isSelected) {
    throw invalid('Say which routers: either one by its id or name, or --environment and --tag.');
  }
  if (flags.username !== undefined) throw invalid('With --generate Convoy chooses the user name.');
  const maxFailures = Number(flags.maxFailures);
  if (!Number.isInteger(maxFailures) || maxFailures < 1)
    throw invalid('--max-failures must be a whole number from 1 on.');
  const { client } = await connect(flags, 'fleet:read fleet:admin');
  if (ref === undefined) return renewLogins(client, { environment, tags, oldUser, maxFailures, json });
  const renewed = await client.renewCredentials(ref, { oldUser });
  if (json) printJson(renewed);
  else print(lineOf({ name: ref, renewed }));
}

async function replace(ref: string | undefined, flags: Flags): Promise<void> {
  const { username } = flags;
  if (ref === undefined || username === undefined) {
    throw invalid('Say which router and who logs in from now on (--username), or --generate.');
  }
  const password = await readPassword(flags.passwordStdin === true);
  const sshPrivateKey = flags.sshKeyFile === undefined ? undefined : await readFile(flags.sshKeyFile, 'utf8');
  const { client } = await connect(flags, 'fleet:read fleet:admin');
  const rotated = await client.rotateCredentials(ref, { username, password, sshPrivateKey });
  if (flags.json) printJson(rotated);
  else
    print(
      `${rotated.device.name} accepts the new credentials, and the old ones are gone\n${renderFound(rotated.found)}`,
    );
}

function invalid(message: string): CliError {
  return new CliError('VALIDATION_ERROR', message);
}
