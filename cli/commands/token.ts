import { Command } from 'commander';
import { findAddresses } from '../client/addresses.ts';
import { embeddedLogin, signIn } from '../client/sign-in.ts';
import { withConnection, type ConnectionFlags } from './connection.ts';
import { print, printJson, tell } from './terminal.ts';

interface Flags extends ConnectionFlags {
  scope: string;
  resource?: string;
}

/** Scopes that are granted for the approval gateway only, never for MCP. */
const PERSON_SCOPES = ['fleet:approve', 'fleet:admin'];

/** `convoy token`. */
export function tokenCommand(): Command {
  return withConnection(new Command('token'))
    .description('print an access token, for the MCP endpoint unless the scopes are a person’s')
    .option('--scope <scopes>', 'scopes to ask for, separated by spaces', 'fleet:read fleet:write fleet:plan')
    .option('--resource <url>', 'what the token is for (default: the MCP endpoint, or the approval gateway)')
    .action(async (flags: Flags) => {
      const addresses = await findAddresses(flags);
      const isPersonal = flags.scope.split(' ').some((scope) => PERSON_SCOPES.includes(scope));
      const resource = flags.resource ?? (isPersonal ? addresses.approvalUrl : addresses.mcpUrl);
      if (flags.user === undefined) {
        const accessToken = await signIn({ addresses, scope: flags.scope, exactly: true, resource, say: tell });
        if (flags.json) printJson({ accessToken, resource });
        else print(accessToken);
        return;
      }
      const { accessToken, expiresAt, scope } = await embeddedLogin(addresses, flags.user, flags.scope, resource);
      if (flags.json) printJson({ accessToken, expiresAt, scope, resource });
      else print(accessToken);
    });
}
