import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from './keyring.ts';
import { AppError } from '../../errors/app-error.ts';

/** Form of a sealed secret: `cv1.<key id>.<wrapped data key>.<ciphertext>`, the last two base64url. */
const FORM = 'cv1';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** 96 bits, as NIST SP 800-38D section 8.2 recommends for GCM. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals a secret with a data key of its own (AES-256-GCM), itself sealed under the keyring's first master key. `aad`
 * names what the secret belongs to, such as a device id; opening it takes the same name.
 */
export function seal(keyring: Keyring, plaintext: string, aad: string): string {
  const { id, key } = keyring.first;
  const dataKey = randomBytes(KEY_BYTES);
  const wrapped = encrypt(key, dataKey, bindingOf('key', id, aad));
  const ciphertext = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), bindingOf('data', id, aad));
  return [FORM, id, wrapped.toString('base64url'), ciphertext.toString('base64url')].join('.');
}

/**
 * Opens a sealed secret. Fails with INVALID_CONFIGURATION when its master key is not in the keyring, and with
 * INTERNAL_ERROR when it was altered or belongs to something else than `aad`.
 */
export function open(keyring: Keyring, sealed: string, aad: string): string {
  const { keyId, wrapped, ciphertext } = partsOf(sealed);
  const dataKey = decrypt(keyring.byId(keyId).key, wrapped, bindingOf('key', keyId, aad));
  return decrypt(dataKey, ciphertext, bindingOf('data', keyId, aad)).toString('utf8');
}

/** The same secret sealed under the keyring's first master key; text that already is comes back as it is. */
export function rotate(keyring: Keyring, sealed: string, aad: string): string {
  if (keyIdOf(sealed) === keyring.first.id) return sealed;
  return seal(keyring, open(keyring, sealed, aad), aad);
}

/** Id of the master key a secret is sealed under. */
export function keyIdOf(sealed: string): string {
  return partsOf(sealed).keyId;
}

function partsOf(sealed: string): { keyId: string; wrapped: Buffer; ciphertext: Buffer } {
  const [form, keyId, wrapped, ciphertext, ...rest] = sealed.split('.');
  if (form !== FORM || keyId === undefined || wrapped === undefined || ciphertext === undefined || rest.length > 0) {
    throw doesNotOpen();
  }
  return { keyId, wrapped: fromBase64Url(wrapped), ciphertext: fromBase64Url(ciphertext) };
}

function fromBase64Url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  // The last character has unused bits: without the round trip several texts would open as one secret.
  if (bytes.toString('base64url') !== text || bytes.length < NONCE_BYTES + TAG_BYTES) throw doesNotOpen();
  return bytes;
}

/** NUL cannot occur in the other parts, so two different triples never give the same bytes. */
function bindingOf(purpose: 'key' | 'data', keyId: string, aad: string): Buffer {
  if (aad.includes('\0')) throw new TypeError('the associated data of a secret must not hold NUL');
  return Buffer.from([FORM, purpose, keyId, aad].join('\0'), 'utf8');
}

function encrypt(key: Buffer, plaintext: Buffer, binding: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(binding);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, binding: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(-TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(binding).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw doesNotOpen(cause);
  }
}

function doesNotOpen(cause?: unknown): AppError {
  return new AppError('INTERNAL_ERROR', {
    message: 'A sealed secret does not open: it was altered, or it belongs to something else.',
    cause,
  });
}
