import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { ServiceToken } from './service-token.ts';
import { tracedClient } from './trace-client.ts';

/** What a process must know to talk to Temporal. */
export interface TemporalTarget {
  /** `host:port` of the frontend's gRPC. */
  address: string;
  namespace: string;
}

/** A client whose every call carries the process's current token, and whose payloads are sealed. */
export async function connectTemporal(
  { address, namespace }: TemporalTarget,
  token: ServiceToken,
  dataConverter: DataConverter,
): Promise<{ client: Client; close(): Promise<void> }> {
  const connection = await Connection.connect({ address, tls: false, apiKey: () => token.current() });
  return {
    client: new Client({ connection, namespace, dataConverter, interceptors: tracedClient }),
    close: () => connection.close(),
  };
}
