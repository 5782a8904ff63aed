import { randomBytes } from 'node:crypto';
import type { SealedSecretStore } from '../persistence/stores/sealed-secret-store.ts';
import { open, seal } from './envelope.ts';
import type { Keyring } from './keyring.ts';

/**
 * 32 random bytes that all processes share and no change of master keys changes: made by whoever asks first, kept sealed.
 * What is signed or digested with them is still known after the master key of that day is gone.
 */
export async function loadPlatformSecret(
  secrets: Pick<SealedSecretStore, 'platformSecret'>,
  keyring: Keyring,
  name: string,
): Promise<Buffer> {
  const make = (): string => seal(keyring, randomBytes(32).toString('base64'), name);
  return Buffer.from(open(keyring, await secrets.platformSecret(name, make), name), 'base64');
}
