import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { readPassword } from './password.ts';
import { renderFound } from './render-found.ts';

interface Flags extends ConnectionFlags {
  username: string;
  passwordStdin?: true;
  sshKeyFile?: string;
}

/** `convoy device rotate-credentials`. */
export function rotateCredentialsCommand(): Command {
  return withConnection(new Command('rotate-credentials'))
    .description('replace the login of a registered router by one that works; the user must exist on the router')
    .argument('<device>', 'id or name')
    .requiredOption('--username <name>', "Convoy's user on the router from now on")
    .option('--password-stdin', 'read its password from standard input (else CONVOY_DEVICE_PASSWORD, else asked for)')
    .option('--ssh-key-file <file>', 'its private key for SSH, without a passphrase; left out: the password')
    .action(async (ref: string, flags: Flags) => {
      const password = await readPassword(flags.passwordStdin === true);
      const sshPrivateKey = flags.sshKeyFile === undefined ? undefined : await readFile(flags.sshKeyFile, 'utf8');
      const { client } = await connect(flags, 'fleet:read fleet:admin');
      const rotated = await client.rotateCredentials(ref, { username: flags.username, password, sshPrivateKey });
      if (flags.json) printJson(rotated);
      else
        print(
          `${rotated.device.name} accepts the new credentials, and the old ones are gone\n${renderFound(rotated.found)}`,
        );
    });
}
