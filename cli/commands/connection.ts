import type { Command } from 'commander';
import { findAddresses, type AddressFlags, type Addresses } from '../client/addresses.ts';
import { createConvoyClient, type ConvoyClient } from '../client/convoy-client.ts';
import { signIn } from '../client/sign-in.ts';
import { tell } from './terminal.ts';

/** Options of every command that talks to a running platform. */
export interface ConnectionFlags extends AddressFlags {
  user?: string;
  json?: true;
}

/** Adds those options; without any the running embedded stack is meant. `actAs`: where `--user` is taken by a command's own. */
export function withConnection(command: Command, actAs = '--user'): Command {
  return command
    .option(`${actAs} <name>`, 'act as this user of the embedded stack (operator, approver, …); a real login is done')
    .option('--url <origin>', 'web process to talk to (default: CONVOY_PUBLIC_URL, else the running stack)')
    .option('--approval-url <origin>', 'approval gateway (default: CONVOY_APPROVAL_URL, else the running stack)')
    .option('--issuer <url>', 'identity provider (default: the one the platform names)')
    .option('--json', 'print data as JSON');
}

/** Signs in and answers a client. The scopes are the least the command needs. */
export async function connect(
  flags: ConnectionFlags,
  scope: string,
): Promise<{ client: ConvoyClient; addresses: Addresses }> {
  const addresses = await findAddresses(flags);
  const token = await signIn({ addresses, user: flags.user, scope, resource: addresses.approvalUrl, say: tell });
  return { client: createConvoyClient(addresses, token), addresses };
}
