import { Command } from 'commander';
import type { Keyring } from '../../../shared/platform/encryption/keyring.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';
import { withKeys } from './open-keys.ts';
import { KEY_ROTATED } from './rotate.ts';

/** What is known of one master key. */
export interface KeyStatus {
  keyId: string;
  /** `seals`: the first one. `opens`: behind it. `missing`: secrets need it, and it is not there. */
  role: 'seals' | 'opens' | 'missing';
  /** Secrets in the database that it seals. */
  secrets: number;
  /** Whether nothing in the database needs it any more. Temporal may: see `rotatedAt`. */
  isFree: boolean;
}

/** `convoy key status`. */
export function keyStatusCommand(): Command {
  return new Command('status')
    .description('say which master keys seal how much, and which can go')
    .option('--json', 'print data as JSON')
    .action(({ json }: { json?: true }) =>
      withKeys(async (keyring, database) => {
        const keys = await statusOf(keyring, database);
        const rotatedAt = await lastRotation(keyring, database);
        if (json) printJson({ keys, rotatedAt });
        else print(render(keys, rotatedAt));
        if (keys.some(({ role }) => role === 'missing')) process.exitCode = 1;
      }),
    );
}

async function statusOf(keyring: Keyring, database: Database): Promise<KeyStatus[]> {
  const counts = await database.secrets.counts();
  const used = counts.map(({ keyId }) => keyId);
  return [...new Set([...keyring.ids, ...used])].map((keyId) => {
    const secrets = counts.filter((one) => one.keyId === keyId).reduce((sum, { count }) => sum + count, 0);
    const role = keyId === keyring.first.id ? 'seals' : keyring.ids.includes(keyId) ? 'opens' : 'missing';
    return { keyId, role, secrets, isFree: role === 'opens' && secrets === 0 };
  });
}

/** When everything was sealed under the first key last; null when that was never asked for, or is long ago. */
async function lastRotation(keyring: Keyring, database: Database): Promise<string | null> {
  const events = await database.audit.list({ action: KEY_ROTATED, limit: 100 });
  const done = events.find(({ outcome, details }) => outcome === 'ok' && details?.['keyId'] === keyring.first.id);
  return done?.at ?? null;
}

function render(keys: readonly KeyStatus[], rotatedAt: string | null): string {
  const rows = keys.map(({ keyId, role, secrets }) => [keyId, role, String(secrets)]);
  return [table(['KEY', 'DOES', 'SECRETS'], rows), ...keys.flatMap((key) => advice(key, rotatedAt))].join('\n');
}

function advice({ keyId, role, secrets, isFree }: KeyStatus, rotatedAt: string | null): string[] {
  if (role === 'seals') return [];
  if (role === 'missing') return [`${keyId} is missing: put it back behind the first key, or those secrets are lost.`];
  if (!isFree) return [`${keyId} still seals ${secrets}: run "convoy key rotate" before it goes.`];
  const since = rotatedAt === null ? 'the last start of all processes with the present first key' : rotatedAt;
  return [
    `${keyId} seals nothing in the database. Temporal's histories may hold it: it can go when no workflow that began ` +
      `before ${since} runs any more, and the retention of the namespace has passed since.`,
  ];
}
