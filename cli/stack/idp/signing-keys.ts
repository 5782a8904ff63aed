import { exportJWK, generateKeyPair } from 'jose';
import type { JWKS } from 'oidc-provider';
import { ensureFile } from '../secret-file.ts';

/** The provider's private key set, made on first use and kept with mode 0600, so that tokens survive a restart. */
export async function ensureProviderKeys(file: string): Promise<JWKS> {
  const text = await ensureFile(file, async () => `${JSON.stringify(await generateProviderKeys(), null, 2)}\n`);
  return JSON.parse(text) as JWKS;
}

/** A fresh private key set with one ES256 key. */
export async function generateProviderKeys(): Promise<JWKS> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { keys: [{ ...jwk, alg: 'ES256', use: 'sig', kid: `idp-${Date.now().toString(36)}` }] };
}
