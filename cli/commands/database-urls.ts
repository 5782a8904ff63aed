import { loadConfig } from '../../shared/platform/config/load-config.ts';
import { toolConfig } from '../../shared/platform/config/processes.ts';
import { homeAt, homePath } from '../stack/home.ts';
import { embeddedOwnerUrl } from '../stack/postgres.ts';
import { readStackFile } from '../stack/stack-file.ts';

export interface DatabaseUrls {
  /** As Convoy's processes log in. */
  serviceUrl: string;
  /** As the owner of the tables; the same where nobody else is named. */
  ownerUrl: string;
}

/** The database that the environment names, else the one of the running stack. */
export async function databaseUrls(): Promise<DatabaseUrls> {
  const { postgresUrl, postgresOwnerUrl } = loadConfig(toolConfig, process.env);
  if (postgresUrl !== undefined) return { serviceUrl: postgresUrl, ownerUrl: postgresOwnerUrl ?? postgresUrl };
  const home = homeAt(homePath());
  const serviceUrl = (await readStackFile(home.stackFile)).postgresUrl;
  return { serviceUrl, ownerUrl: (await embeddedOwnerUrl(home.keysDir, serviceUrl)) ?? serviceUrl };
}
