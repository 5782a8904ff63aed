import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { ensureNamespace } from '../../cli/stack/temporal-namespace.ts';
import { SEARCH_ATTRIBUTES } from '../../shared/contract/search-attributes.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { createDataConverter } from '../../shared/platform/temporal/data-converter.ts';
import { loadSigningKey, mintTemporalToken } from '../../shared/platform/temporal/temporal-token.ts';
import { testStack } from './test-stack.ts';
import { uniqueName } from './unique-name.ts';

/** Who acts on Temporal: the subject that the server stamps on events, and what it may do. */
export interface TemporalCaller {
  subject: string;
  /** Default: write permission for the namespace. */
  permissions?: string[];
  /** Default: the shared namespace. */
  namespace?: string;
}

/** Registers a namespace of a file's own, with all search attributes; usable when this resolves. */
export async function freshNamespace(namespace = uniqueName('test')): Promise<string> {
  const { temporal, signingKeyFile } = testStack();
  await ensureNamespace({
    address: temporal.address,
    signingKeyFile,
    namespace,
    retentionDays: 1,
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  return namespace;
}

/** A token for the Temporal server, signed by the platform's key, good for an hour. */
export async function temporalToken(caller: TemporalCaller): Promise<string> {
  const { temporal, signingKeyFile } = testStack();
  return mintTemporalToken({
    signingKey: await loadSigningKey(signingKeyFile),
    subject: caller.subject,
    permissions: caller.permissions ?? [`${caller.namespace ?? temporal.namespace}:write`],
    lifetimeSeconds: 3_600,
  });
}

/** A Temporal client acting as the caller, with the platform's master key. Close its connection: `client.connection.close()`. */
export async function temporalClient(caller: TemporalCaller): Promise<Client> {
  const { temporal, masterKeyFile } = testStack();
  const metadata = { authorization: `Bearer ${await temporalToken(caller)}` };
  const connection = await Connection.connect({ address: temporal.address, metadata });
  const namespace = caller.namespace ?? temporal.namespace;
  const dataConverter = createDataConverter({ keyring: await loadKeyring({ masterKeyFile }), namespace });
  return new Client({ connection, namespace, dataConverter });
}

/** A connection for Workers, acting as the caller. */
export async function nativeConnection(caller: TemporalCaller): Promise<NativeConnection> {
  const { temporal } = testStack();
  const metadata = { authorization: `Bearer ${await temporalToken(caller)}` };
  return NativeConnection.connect({ address: temporal.address, metadata });
}
