import { createPrivateKey, createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportPKCS8, generateKeyPair } from 'jose';
import { SIGNING_KEY_ID } from '../../shared/platform/temporal/temporal-token.ts';
import { ensureFile } from './secret-file.ts';

/** The platform's own key: it signs the tokens that our processes and the approval gateway show to Temporal. */
export interface SigningKey {
  /** PKCS #8 in PEM, mode 0600; the path goes into CONVOY_SIGNING_KEY_FILE. */
  privateKeyFile: string;
  /** The public half as a JSON Web Key Set, read by the Temporal server. */
  jwksFile: string;
}

/** Makes the ES256 key pair on first use and keeps it; the key set is written anew each time. */
export async function ensureSigningKey(keysDir: string): Promise<SigningKey> {
  const privateKeyFile = path.join(keysDir, 'platform-es256.pem');
  const pem = await ensureFile(privateKeyFile, async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    return exportPKCS8(privateKey);
  });
  const jwk = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
  const jwksFile = path.join(keysDir, 'platform-jwks.json');
  const keySet = { keys: [{ ...jwk, kid: SIGNING_KEY_ID, alg: 'ES256', use: 'sig' }] };
  await writeFile(jwksFile, `${JSON.stringify(keySet, null, 2)}\n`, { mode: 0o600 });
  return { privateKeyFile, jwksFile };
}
