import { openDatabase, type Database } from '../../../shared/platform/persistence/database.ts';
import type { HttpBrowser } from '../../mcp-server/gateway/support/http-browser.ts';
import { startGateway, type RunningGateway } from '../../mcp-server/gateway/support/start-gateway.ts';
import { signedInAt } from '../../mcp-server/gateway/support/ui-requests.ts';
import { migratedDatabase } from '../../support/database.ts';
import { freshNamespace, temporalClient } from '../../support/temporal.ts';

export const PLAN = 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC';

export interface AttackedGateway {
  namespace: string;
  database: Database;
  gateway: RunningGateway;
  /** Signed in as the one who may do most. */
  admin: HttpBrowser;
  /** Length of the history that no attack may add an event to: a workflow under a plan's id that no worker ever takes up. */
  events: () => Promise<number>;
  close: () => Promise<void>;
}

/** A gateway in front of the real server and UI, with a workflow under the id of `PLAN` to be attacked. */
export async function startAttackedGateway(): Promise<AttackedGateway> {
  const [namespace, migrated] = await Promise.all([freshNamespace(), migratedDatabase()]);
  const database = await openDatabase({ url: migrated.url, poolMax: 3 });
  const gateway = await startGateway({ namespace, database });
  const client = await temporalClient({ subject: 'svc-web', namespace });
  const workflowId = `plan/${PLAN}`;
  await client.workflow.start('planWorkflow', { taskQueue: 'nobody', workflowId, args: [{}] });
  return {
    namespace,
    database,
    gateway,
    admin: await signedInAt(gateway.url, 'admin'),
    events: async () => (await client.workflow.getHandle(workflowId).describe()).historyLength,
    async close() {
      await client.connection.close();
      await gateway.close();
      await database.close();
      await migrated.drop();
    },
  };
}

/** The browser's cookies, as it sends them. */
export function cookieOf(browser: HttpBrowser): string {
  return [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}
