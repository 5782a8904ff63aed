import { Command } from 'commander';
import type { BackupManifest } from '../../../shared/platform/backup/manifest.ts';
import { CONVOY_VERSION } from '../../../shared/platform/process/version.ts';
import { readStackFile } from '../../stack/stack-file.ts';
import { print, printJson } from '../terminal.ts';
import { backupSettings, temporalStoreOf } from './settings.ts';

interface Flags {
  temporal: boolean;
  json?: true;
}

/** `convoy backup create`. */
export function createBackupCommand(): Command {
  return new Command('create')
    .description("write Convoy's database and Temporal's histories into one file, while everything goes on")
    .argument('<file>', 'where to; it must not exist yet')
    .option('--no-temporal', 'without the histories of Temporal, where somebody else keeps them')
    .option('--json', 'print data as JSON')
    .action(async (file: string, flags: Flags) => {
      const settings = await backupSettings();
      const { config, home, keyring } = settings;
      const postgresUrl = config.postgresUrl ?? (await readStackFile(home.stackFile)).postgresUrl;
      const { createBackup } = await import('../../../shared/platform/backup/create-backup.ts');
      const temporal = temporalStoreOf(settings, flags);
      const created = await createBackup({ file, postgresUrl, temporal, keyring, convoyVersion: CONVOY_VERSION });
      const { manifest, bytes } = created;
      const missing = manifest.neededKeyIds.filter((keyId) => !keyring.ids.includes(keyId));
      if (missing.length > 0) process.exitCode = 1;
      if (flags.json) printJson({ file, bytes, missingKeyIds: missing, ...summary(manifest) });
      else print(render(created.file, manifest, { bytes, missing }));
    });
}

/** What people and programs are told of a backup. */
export function summary(manifest: BackupManifest): Record<string, unknown> {
  const { createdAt, convoyVersion, neededKeyIds, audit, parts } = manifest;
  return { createdAt, convoyVersion, masterKeyIds: neededKeyIds, audit, parts: Object.keys(parts) };
}

function render(
  file: string,
  manifest: BackupManifest,
  { bytes, missing }: { bytes: number; missing: string[] },
): string {
  const { parts, neededKeyIds, audit } = manifest;
  return [
    `${file}: ${Object.keys(parts).join(', ')}; ${(bytes / 1e6).toFixed(1)} MB before compression.`,
    `The audit ends with ${audit.seq}:${audit.hash}.`,
    ...(parts.temporal === undefined
      ? ['Without the histories of Temporal: plans that wait or run are not in it.']
      : []),
    `Not in it, and needed with it: the master ${neededKeyIds.length === 1 ? 'key' : 'keys'} ${neededKeyIds.join(', ')}; the signing key and the cookie secret; the settings, the access file, the policy and the webhooks file. Keep copies of them elsewhere.`,
    ...missing.map(
      (keyId) => `THE MASTER KEY ${keyId} IS MISSING HERE: what it seals is in the backup and cannot be read.`,
    ),
  ].join('\n');
}
