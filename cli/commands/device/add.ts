import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { confirm, isInteractive, print, printJson, tell } from '../terminal.ts';
import { lookAtCertificate } from './certificate.ts';
import { capabilityOption, flagsObject, numberOption } from './options.ts';
import { readPassword } from './password.ts';
import { renderFound } from './render-found.ts';

interface Flags extends ConnectionFlags {
  host: string;
  port: number;
  environment: string;
  username: string;
  passwordStdin?: true;
  tag?: string[];
  allow?: string[];
  fingerprint?: string;
  caFile?: string;
  plaintext?: true;
  sshPort?: number;
  sshHostKey?: string;
  sshKeyFile?: string;
  maxInFlight?: number;
  requestsPerSecond?: number;
  yes?: true;
}

/** `convoy device add`. */
export function addDeviceCommand(): Command {
  return withConnection(new Command('add'))
    .description('connect to a router, say what was found, and register it')
    .argument('<name>', 'name of the router in Convoy')
    .requiredOption('--host <host>', 'host name or IP address')
    .option('--port <n>', "port of the router's REST service", numberOption, 443)
    .requiredOption('--environment <name>', 'lab, staging or prod; fixed from then on')
    .requiredOption('--username <name>', "Convoy's user on the router")
    .option('--password-stdin', 'read the password from standard input (else CONVOY_DEVICE_PASSWORD, else asked for)')
    .option('--tag <tag...>', 'tags')
    .option('--allow <flag...>', 'capability flags to set, such as allowProfessionalWorkflows', capabilityOption)
    .addOption(new Option('--fingerprint <sha256>', 'pin this certificate').conflicts(['caFile', 'plaintext']))
    .addOption(new Option('--ca-file <file>', 'trust certificates of this CA (PEM)').conflicts(['plaintext']))
    .option('--plaintext', 'no TLS at all: for a lab only, the password travels in the clear')
    .option(
      '--ssh-port <n>',
      "port of the router's SSH service, for what REST cannot do; left out: no SSH",
      numberOption,
    )
    .option('--ssh-host-key <SHA256:…>', 'the host key it must show; left out, the one shown is pinned')
    .option('--ssh-key-file <file>', "private key of Convoy's user, without a passphrase; left out: the password")
    .option('--max-in-flight <n>', 'requests at a time, 1 to 3', numberOption)
    .option('--requests-per-second <n>', 'request rate, 0.5 to 50', numberOption)
    .option('--yes', 'do not ask')
    .action(async (name: string, flags: Flags) => {
      const password = await readPassword(flags.passwordStdin === true);
      const sshPrivateKey = flags.sshKeyFile === undefined ? undefined : await readFile(flags.sshKeyFile, 'utf8');
      const tls = await trustOf(flags);
      const { client } = await connect(flags, 'fleet:read fleet:admin');
      const { host, port, environment, username, tag, allow, maxInFlight, requestsPerSecond } = flags;
      const registered = await client.addDevice({
        name,
        host,
        restPort: port,
        sshPort: flags.sshPort,
        sshHostKey: flags.sshHostKey,
        sshPrivateKey,
        environment,
        username,
        password,
        tags: tag ?? [],
        flags: flagsObject(allow, true),
        lane: { maxInFlight, requestsPerSecond },
        ...(tls === null ? {} : { tls }),
      });
      if (flags.json) {
        printJson(registered);
        return;
      }
      const { device, found } = registered;
      print(`Registered ${device.name} (${device.deviceId}), ${device.environment}`);
      print(renderFound(found));
    });
}

/** How the router's certificate is to be trusted; null leaves it to the platform to pin the one it is shown. */
async function trustOf(flags: Flags): Promise<Record<string, string> | null> {
  if (flags.plaintext) return { mode: 'plaintext' };
  if (flags.caFile !== undefined) return { mode: 'ca', caPem: await readFile(flags.caFile, 'utf8') };
  if (flags.fingerprint !== undefined) return { mode: 'pinned', fingerprint256: flags.fingerprint.toUpperCase() };
  // With the password on standard input there is nobody left to ask there.
  if (flags.yes || flags.passwordStdin || !isInteractive()) return null;

  const fingerprint = await lookAtCertificate(flags.host, flags.port);
  const shown =
    fingerprint === null
      ? `${flags.host}:${flags.port} cannot be reached from this machine, so its certificate cannot be compared here.`
      : `${flags.host}:${flags.port} shows the certificate\n  ${fingerprint}`;
  tell(`${shown}\nThe certificate is pinned: from then on no other is accepted.`);
  if (!(await confirm('Register it?'))) throw new CliError('CANCELLED', 'Nothing was registered.');
  return fingerprint === null ? null : { mode: 'pinned', fingerprint256: fingerprint };
}
