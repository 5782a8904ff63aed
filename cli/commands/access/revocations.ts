import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { plainText } from '../../client/plain-text.ts';
import type { RevocationRef } from '../../client/shapes.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';

interface Flags extends ConnectionFlags {
  tokenId?: string;
  tokenFile?: string;
  comment: string;
}

const SCOPE = 'fleet:read fleet:admin';

/** `convoy access revoke`. */
export function revokeAccessCommand(): Command {
  return withSubject(new Command('revoke'))
    .description('refuse a person or one token from now on, whatever the identity provider says')
    .action(async (person: string | undefined, flags: Flags) => {
      const revoked = await subjectOf(person, flags);
      const { client } = await connect(flags, SCOPE);
      const revocation = await client.revokeAccess({ ...revoked, comment: flags.comment });
      if (flags.json) printJson(revocation);
      else print(`Revoked ${nameOf(revocation)}; "convoy access restore" takes that back.`);
    });
}

/** `convoy access restore`. */
export function restoreAccessCommand(): Command {
  return withSubject(new Command('restore'))
    .description('take a revocation back')
    .action(async (person: string | undefined, flags: Flags) => {
      const restored = await subjectOf(person, flags);
      const { client } = await connect(flags, SCOPE);
      const ref = await client.restoreAccess({ ...restored, comment: flags.comment });
      if (flags.json) printJson(ref);
      else print(`Restored ${nameOf(ref)}.`);
    });
}

/** `convoy access revoked`. */
export function listRevocationsCommand(): Command {
  return withConnection(new Command('revoked'))
    .description('list who and which tokens are revoked')
    .action(async (flags: ConnectionFlags) => {
      const { client } = await connect(flags, SCOPE);
      const { revocations } = await client.listRevocations();
      if (flags.json) {
        printJson({ revocations });
        return;
      }
      const rows = revocations.map(({ kind, subject, revokedAt, revokedBy, comment }) => [
        kind,
        plainText(subject),
        revokedAt,
        plainText(revokedBy),
        plainText(comment),
      ]);
      print(table(['KIND', 'SUBJECT', 'SINCE', 'BY', 'WHY'], rows));
    });
}

function withSubject(command: Command): Command {
  return withConnection(command)
    .argument('[person]', 'subject or e-mail address')
    .option('--token-id <id>', 'instead of a person one token: its "jti", or its SHA-256 as base64url')
    .option('--token-file <path>', 'instead of a person the token in this file; "-" reads standard input')
    .option('--comment <text>', 'why, for the audit trail', '');
}

async function subjectOf(person: string | undefined, { tokenId, tokenFile }: Flags): Promise<RevocationRef> {
  const given = [person, tokenId, tokenFile].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new CliError('USAGE', 'Name exactly one: a person, --token-id or --token-file.');
  }
  if (person !== undefined) return { kind: 'user', subject: person };
  if (tokenId !== undefined) return { kind: 'token', subject: tokenId };
  return { kind: 'token', subject: await hashOfTokenIn(tokenFile ?? '-') };
}

/** The token itself goes nowhere: its hash names it well enough. */
async function hashOfTokenIn(file: string): Promise<string> {
  const token = (await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'))).trim();
  if (token === '') throw new CliError('USAGE', 'There is no token in it.');
  return createHash('sha256').update(token).digest('base64url');
}

function nameOf({ kind, subject }: RevocationRef): string {
  return kind === 'user' ? plainText(subject) : `the token ${plainText(subject)}`;
}
