import path from 'node:path';
import type { Client } from '@temporalio/client';
import { loadKeyring, type Keyring } from '../../shared/platform/encryption/keyring.ts';
import { connectTemporal } from '../../shared/platform/temporal/connect.ts';
import { createDataConverter } from '../../shared/platform/temporal/data-converter.ts';
import { startServiceToken } from '../../shared/platform/temporal/service-token.ts';
import { loadSigningKey, SERVICE_SUBJECTS } from '../../shared/platform/temporal/temporal-token.ts';
import type { BenchStack } from './bench-stack.ts';

/** A client of the stack's Temporal server, and the keys of the stack. */
export async function openTemporal({
  stack,
  file,
}: BenchStack): Promise<{ client: Client; keyring: Keyring; close(): Promise<void> }> {
  const { keysDir } = stack.home;
  const { address, namespace } = file.temporal;
  const keyring = await loadKeyring({ masterKeyFile: path.join(keysDir, 'master-key') });
  const token = await startServiceToken({
    signingKey: await loadSigningKey(path.join(keysDir, 'platform-es256.pem')),
    subject: SERVICE_SUBJECTS.admin,
    permissions: [`${namespace}:write`],
    onError: (error) => console.error(error),
  });
  const connected = await connectTemporal({ address, namespace }, token, createDataConverter({ keyring, namespace }));
  return {
    client: connected.client,
    keyring,
    async close() {
      await connected.close();
      token.stop();
    },
  };
}
