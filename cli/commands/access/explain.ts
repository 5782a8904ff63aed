import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { plainText } from '../../client/plain-text.ts';
import type { ExplainedAccess } from '../../client/shapes.ts';
import { findUser } from '../../stack/idp/users.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';

interface Flags extends ConnectionFlags {
  as?: string;
  claims?: string;
  tool: string;
  device?: string;
}

/** `convoy access explain`. */
export function explainAccessCommand(): Command {
  return withConnection(new Command('explain'), '--as')
    .description('why somebody may do something or not: every step a call of theirs would take')
    .option('--user <person>', 'subject or e-mail address of somebody who was here, or a user of the embedded stack')
    .option('--claims <path>', 'instead of a person the claims of a token, as a JSON file')
    .requiredOption('--tool <name>', 'the tool or operation, such as update_dns_servers')
    .option('--device <device>', 'the device it is to be used on, by id or name')
    .action(async (flags: Flags) => {
      const { user, claims, tool, device, as, ...connection } = flags;
      if ((user === undefined) === (claims === undefined)) {
        throw new CliError('USAGE', 'Name exactly one: --user or --claims.');
      }
      const acting = as === undefined ? connection : { ...connection, user: as };
      const { client, addresses } = await connect(acting, 'fleet:read');
      const explained = await client.explainAccess({
        action: tool,
        ...(device === undefined ? {} : { deviceId: device }),
        ...(claims === undefined ? whoIs(user ?? '', addresses.isEmbedded) : { claims: await claimsIn(claims) }),
      });
      if (flags.json) printJson(explained);
      else print(render(explained));
    });
}

/** Users of the embedded stack need not have been here: what their tokens say is known. */
function whoIs(user: string, isEmbedded: boolean): { user: string } | { claims: Record<string, unknown> } {
  const embedded = isEmbedded ? findUser(user.includes('@') ? user : `${user}@convoy.test`) : undefined;
  if (embedded === undefined) return { user };
  const { email, name, groups } = embedded;
  return { claims: { sub: email, email, email_verified: true, name, groups } };
}

function render({ user, action, verdict, code, grants, steps }: ExplainedAccess): string {
  const held = grants.map(({ rule, roles, devices }) => [plainText(rule), roles.join(', '), JSON.stringify(devices)]);
  const taken = steps.map(({ step, outcome, code: refusal, message, rules }) => [
    step,
    outcome,
    plainText(refusal === undefined ? (rules ?? []).join(', ') : `${refusal}: ${message ?? ''}`),
  ]);
  return [
    `${action} by ${plainText(user)}: ${verdict}${code === null ? '' : ` (${code})`}`,
    '',
    held.length === 0 ? 'No rule of the access file matches.' : table(['RULE', 'ROLES', 'DEVICES'], held),
    '',
    table(['STEP', 'OUTCOME', 'WHY'], taken),
  ].join('\n');
}

async function claimsIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('USAGE', `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError('USAGE', `${file} is not JSON.`);
  }
}
