import path from 'node:path';
import { loadConfig } from '../../../shared/platform/config/load-config.ts';
import { toolConfig } from '../../../shared/platform/config/processes.ts';
import { loadKeyring, type Keyring } from '../../../shared/platform/encryption/keyring.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import { homeAt, homePath } from '../../stack/home.ts';
import { readStackFile } from '../../stack/stack-file.ts';

/** Opens the keyring and the database that the environment names, else those of the running stack; closes them afterwards. */
export async function withKeys<T>(use: (keyring: Keyring, database: Database) => Promise<T>): Promise<T> {
  const config = loadConfig(toolConfig, process.env);
  const { masterKey, masterKeyFile, masterKeyCommand } = config;
  const isGiven = [masterKey, masterKeyFile, masterKeyCommand].some((source) => source !== undefined);
  const home = homeAt(homePath());
  const keyring = await loadKeyring(isGiven ? config : { masterKeyFile: path.join(home.keysDir, 'master-key') });
  const url = config.postgresUrl ?? (await readStackFile(home.stackFile)).postgresUrl;
  // The database layer takes longer to load than everything else together.
  const { openDatabase } = await import('../../../shared/platform/persistence/database.ts');
  const database = await openDatabase({ url, poolMax: 2 });
  try {
    return await use(keyring, database);
  } finally {
    await database.close();
  }
}
