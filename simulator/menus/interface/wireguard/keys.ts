import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { FieldType } from '../../../engine/definition.ts';
import { invalidValue } from '../../../engine/router-error.ts';

/** A key of WireGuard: 32 bytes in base64. */
export const wireguardKey: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (input !== '' && !isKey(input)) throw invalidValue(field);
    return input;
  },
};

/** A new private key. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('x25519');
  return lastBytes(privateKey.export({ format: 'der', type: 'pkcs8' }));
}

/** A new key that both ends share. */
export function newPresharedKey(): string {
  return randomBytes(32).toString('base64');
}

/** The public key that belongs to a private one; empty when there is none. */
export function publicKeyOf(privateKey: string): string {
  if (!isKey(privateKey)) return '';
  const der = Buffer.concat([PKCS8_X25519, Buffer.from(privateKey, 'base64')]);
  const key: KeyObject = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return lastBytes(key.export({ format: 'der', type: 'spki' }));
}

/** What stands before the 32 bytes of an X25519 key in PKCS #8. Source: RFC 8410. */
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');

function isKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}

function lastBytes(der: Buffer): string {
  return der.subarray(-32).toString('base64');
}
