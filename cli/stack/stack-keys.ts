import path from 'node:path';
import type { StackHome } from './home.ts';
import { ensureSecretFile } from './secret-file.ts';
import { ensureSigningKey, type SigningKey } from './signing-key.ts';

/** The keys a deployment needs before anything of it starts. */
export interface StackKeys {
  signingKey: SigningKey;
  masterKeyFile: string;
  cookieSecretFile: string;
  cookieSecret: string;
}

/** Reads the keys of a home folder, and makes those that are not there. */
export async function ensureStackKeys({ keysDir }: Pick<StackHome, 'keysDir'>): Promise<StackKeys> {
  const masterKeyFile = path.join(keysDir, 'master-key');
  const cookieSecretFile = path.join(keysDir, 'cookie-secret');
  await ensureSecretFile(masterKeyFile);
  return {
    signingKey: await ensureSigningKey(keysDir),
    masterKeyFile,
    cookieSecretFile,
    cookieSecret: await ensureSecretFile(cookieSecretFile),
  };
}
