import { Client, Connection } from '@temporalio/client';
import type { ServiceToken } from './service-token.ts';

/** What a process must know to talk to Temporal. */
export interface TemporalTarget {
  /** `host:port` of the frontend's gRPC. */
  address: string;
  namespace: string;
}

/** A client whose every call carries the process's current token. */
export async function connectTemporal(
  { address, namespace }: TemporalTarget,
  token: ServiceToken,
): Promise<{ client: Client; close(): Promise<void> }> {
  const connection = await Connection.connect({ address, tls: false, apiKey: () => token.current() });
  return { client: new Client({ connection, namespace }), close: () => connection.close() };
}
