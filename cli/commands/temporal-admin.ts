import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type proto from '@temporalio/proto';
import { loadSigningKey, mintTemporalToken, SERVICE_SUBJECTS } from '../../shared/platform/temporal/temporal-token.ts';
import type { Surroundings } from './doctor/surroundings.ts';

const TOKEN_SECONDS = 60;
const CALLS_MS = 10_000;

/** A right on the deployment's namespace. */
export type TemporalRight = 'read' | 'write';

/**
 * Uses the Temporal server at `address` in the name of Convoy's administration, by the platform's signing key: whoever may
 * read that file may do this. What `use` asks is answered within ten seconds, or fails as does a server that is not there.
 */
export async function asTemporalAdmin<T>(
  { config, home, stack }: Pick<Surroundings, 'config' | 'home' | 'stack'>,
  { address, rights }: { address: string; rights: readonly TemporalRight[] },
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const namespace = config.temporalNamespace ?? stack?.temporal.namespace ?? 'convoy';
  const apiKey = await mintTemporalToken({
    signingKey: await loadSigningKey(config.signingKeyFile ?? path.join(home.keysDir, 'platform-es256.pem')),
    subject: SERVICE_SUBJECTS.admin,
    permissions: rights.map((right) => `${namespace}:${right}`),
    lifetimeSeconds: TOKEN_SECONDS,
  });
  const connection = await Connection.connect({ address, tls: false, apiKey, connectTimeout: '5s' });
  try {
    const client = new Client({ connection, namespace });
    return await connection.withDeadline(Date.now() + CALLS_MS, () => use(client));
  } finally {
    await connection.close();
  }
}

/** Every schedule as the server says it: what is sealed in it is not opened, and need not be. */
export async function listedSchedules(client: Client): Promise<proto.temporal.api.schedule.v1.IScheduleListEntry[]> {
  const { namespace } = client.options;
  const listed: proto.temporal.api.schedule.v1.IScheduleListEntry[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins
    const page = await client.workflowService.listSchedules({ namespace, maximumPageSize: 200, nextPageToken });
    listed.push(...(page.schedules ?? []));
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  return listed;
}
