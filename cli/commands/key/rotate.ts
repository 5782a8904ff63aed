import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { Keyring } from '../../../shared/platform/encryption/keyring.ts';
import { resealAll, type Resealed } from '../../../shared/platform/encryption/reseal.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import { OUTCOME_SUFFIX } from '../../../shared/platform/persistence/stores/audit-record.ts';
import { table } from '../table.ts';
import { print, printJson, tell } from '../terminal.ts';
import { withKeys } from './open-keys.ts';

/** The audit action of a finished rotation; `details.keyId` names the key that seals everything since. */
export const KEY_ROTATED = 'master_key_rotated';

interface Flags {
  dryRun?: true;
  json?: true;
}

/** `convoy key rotate`. */
export function rotateKeyCommand(): Command {
  return new Command('rotate')
    .description('seal everything under the first master key; may be interrupted and repeated while all processes run')
    .option('--dry-run', 'open everything and write nothing')
    .option('--json', 'print data as JSON')
    .action((flags: Flags) => withKeys((keyring, database) => rotate(flags, keyring, database)));
}

async function rotate({ dryRun, json }: Flags, keyring: Keyring, database: Database): Promise<void> {
  const key = `key-rotation/${randomUUID()}`;
  const record = {
    action: KEY_ROTATED,
    actor: `os:${userInfo().username}`,
    via: 'cli',
    authMethod: 'operating-system',
  };
  if (!dryRun) {
    await database.audit.append({
      ...record,
      key,
      outcome: 'requested',
      details: { keyId: keyring.first.id },
    });
  }
  const places = await resealAll({
    secrets: database.secrets,
    keyring,
    dryRun: dryRun === true,
    onBatch: ({ place, resealed }) => {
      if (!json) tell(`${place}: ${resealed}`);
    },
  });
  const failed = places.flatMap((place) => place.failed);
  if (!dryRun) {
    await database.audit.append({
      ...record,
      key: key + OUTCOME_SUFFIX,
      outcome: failed.length === 0 ? 'ok' : 'failed',
      details: { keyId: keyring.first.id, resealed: places.reduce((sum, { resealed }) => sum + resealed, 0) },
    });
  }
  if (json) printJson({ keyId: keyring.first.id, dryRun: dryRun === true, places });
  else print(render(keyring.first.id, dryRun === true, places));
  if (failed.length > 0) process.exitCode = 1;
}

function render(keyId: string, dryRun: boolean, places: readonly Resealed[]): string {
  const rows = places.map(({ place, resealed, changedMeanwhile, failed }) =>
    [place, resealed, changedMeanwhile, failed.length].map(String),
  );
  const lines = [
    table(['SECRETS', dryRun ? 'TO SEAL' : 'SEALED', 'CHANGED MEANWHILE', 'NOT OPENED'], rows),
    dryRun ? `Nothing was written; ${keyId} is the first master key.` : `${keyId} seals everything that was opened.`,
    ...places.flatMap(({ place, failed }) => failed.map(({ key, message }) => `${place}, ${key}: ${message}`)),
  ];
  return lines.join('\n');
}
