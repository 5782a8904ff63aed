import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** What a sealed text is for; a text sealed for one purpose does not open for another. */
export type SealPurpose = 'session' | 'login' | 'plan-form';

/** Seals small values into cookies, so that every replica that knows the secret can read them and nobody else can. */
export interface CookieSeal {
  /** The text is void `lifetimeSeconds` from now. */
  seal(purpose: SealPurpose, value: unknown, lifetimeSeconds: number): string;
  /** Null for whatever was not sealed here for this purpose, was changed, or has expired. */
  open(purpose: SealPurpose, sealed: string): unknown;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const MIN_SECRET_LENGTH = 32;

/**
 * AES-256-GCM with a key derived for each purpose (HKDF, RFC 5869). The first secret seals and all of them open, so that
 * a secret can be replaced without signing everybody out. Secrets shorter than 32 characters are refused.
 */
export function createCookieSeal(secrets: readonly string[], now: () => number = currentMs): CookieSeal {
  if (secrets.length === 0) throw new RangeError('a cookie secret is needed');
  if (secrets.some((secret) => secret.length < MIN_SECRET_LENGTH)) {
    throw new RangeError(`a cookie secret has at least ${MIN_SECRET_LENGTH} characters`);
  }
  return {
    seal(purpose, value, lifetimeSeconds) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyOf(secrets[0] ?? '', purpose), iv);
      const envelope = { expiresAt: now() + lifetimeSeconds * 1000, value };
      // Browsers keep 4096 bytes a cookie; lists of groups shrink well.
      const body = Buffer.concat([cipher.update(deflateRawSync(JSON.stringify(envelope))), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= IV_BYTES + TAG_BYTES) return null;
      for (const secret of secrets) {
        const text = decrypt(bytes, keyOf(secret, purpose));
        if (text === null) continue;
        const envelope = JSON.parse(text) as { expiresAt: number; value: unknown };
        return envelope.expiresAt > now() ? envelope.value : null;
      }
      return null;
    },
  };
}

function keyOf(secret: string, purpose: SealPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `convoy gateway cookie: ${purpose}`, 32));
}

function decrypt(bytes: Buffer, key: Buffer): string | null {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  let compressed: Buffer;
  try {
    compressed = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    // A wrong key or a changed text shows only as this failure; both mean "not ours", which is an answer.
    return null;
  }
  return inflateRawSync(compressed).toString('utf8');
}
