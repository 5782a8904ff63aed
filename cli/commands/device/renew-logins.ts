import { type CliError, toCliError } from '../../client/cli-error.ts';
import type { ConvoyClient } from '../../client/convoy-client.ts';
import { plainText } from '../../client/plain-text.ts';
import type { RenewedLogin } from '../../client/renew-credentials.ts';
import { print, printJson } from '../terminal.ts';

export interface Renewals {
  environment: string | undefined;
  tags: string[] | undefined;
  oldUser: string | undefined;
  /** After so many that failed no further router is begun. */
  maxFailures: number;
  json: boolean;
}

type Outcome = { name: string; renewed: RenewedLogin } | { name: string; error: Pick<CliError, 'code' | 'message'> };

/** One router after the other, each to its end; stops when too many failed. */
export async function renewLogins(client: ConvoyClient, wanted: Renewals): Promise<void> {
  const names = await selected(client, wanted);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    const outcome = await renewOne(client, name, wanted.oldUser);
    outcomes.push(outcome);
    if (!wanted.json) print(lineOf(outcome));
    if (outcomes.filter((one) => 'error' in one).length >= wanted.maxFailures) break;
  }
  const failed = outcomes.filter((one) => 'error' in one).length;
  const notBegun = names.slice(outcomes.length);
  if (wanted.json) printJson({ outcomes, notBegun });
  else print(`${outcomes.length - failed} renewed, ${failed} failed, ${notBegun.length} not begun`);
  if (failed > 0) process.exitCode = 1;
}

export function lineOf(outcome: Outcome): string {
  if ('error' in outcome) return `${outcome.name}: ${outcome.error.code}: ${plainText(outcome.error.message)}`;
  const { deviceName, username, oldUser, note } = outcome.renewed;
  const line = `${deviceName}: logs in as ${username} now; ${plainText(oldUser.username)} was ${oldUser.became}`;
  return note === null ? line : `${line}. ${plainText(note)}`;
}

async function renewOne(client: ConvoyClient, name: string, oldUser: string | undefined): Promise<Outcome> {
  try {
    return { name, renewed: await client.renewCredentials(name, { oldUser }) };
  } catch (error) {
    const { code, message } = toCliError(error);
    return { name, error: { code, message } };
  }
}

async function selected(client: ConvoyClient, { environment, tags }: Renewals): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.listDevices({ environment, tag: tags, limit: '200', cursor });
    names.push(...page.devices.map(({ name }) => name));
    if (page.nextCursor === undefined) return names;
    cursor = page.nextCursor;
  }
}
