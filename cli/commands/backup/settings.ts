import path from 'node:path';
import { loadConfig } from '../../../shared/platform/config/load-config.ts';
import { toolConfig, type ToolConfig } from '../../../shared/platform/config/processes.ts';
import type { TemporalStore } from '../../../shared/platform/backup/create-backup.ts';
import { loadKeyring, type Keyring } from '../../../shared/platform/encryption/keyring.ts';
import { CliError } from '../../client/cli-error.ts';
import { homeAt, homePath, type StackHome } from '../../stack/home.ts';

/** What the environment says of the platform whose backup it is about. */
export interface BackupSettings {
  config: ToolConfig;
  home: StackHome;
  /** The master keys that the environment names, else those of the embedded stack. */
  keyring: Keyring;
  /** Whether the environment names a deployment; otherwise the embedded stack of the home is meant. */
  isDeployment: boolean;
}

export async function backupSettings(): Promise<BackupSettings> {
  const config = loadConfig(toolConfig, process.env);
  const home = homeAt(homePath());
  const { masterKey, masterKeyFile, masterKeyCommand, postgresUrl } = config;
  const isGiven = [masterKey, masterKeyFile, masterKeyCommand].some((source) => source !== undefined);
  const keyring = await loadKeyring(isGiven ? config : { masterKeyFile: path.join(home.keysDir, 'master-key') });
  return { config, home, keyring, isDeployment: postgresUrl !== undefined };
}

/** Where Temporal keeps its histories. Fails with INVALID_CONFIGURATION for a deployment that does not say. */
export function temporalStoreOf(
  { config, home, isDeployment }: BackupSettings,
  { temporal: isWanted }: { temporal: boolean },
): TemporalStore {
  if (!isWanted) return { kind: 'elsewhere' };
  if (!isDeployment) return { kind: 'sqlite', file: path.join(home.temporalDir, 'temporal.db') };
  const { temporalPostgresUrl: url, temporalVisibilityPostgresUrl } = config;
  if (url !== undefined) return { kind: 'postgres', url, visibilityUrl: temporalVisibilityPostgresUrl ?? besides(url) };
  throw new CliError('INVALID_CONFIGURATION', 'CONVOY_TEMPORAL_POSTGRES_URL is not set.', {
    hint: 'Plans that wait or run live in the histories of Temporal. Where somebody else keeps those, say --no-temporal.',
  });
}

function besides(url: string): string {
  const visibility = new URL(url);
  visibility.pathname += '_visibility';
  return visibility.href;
}
