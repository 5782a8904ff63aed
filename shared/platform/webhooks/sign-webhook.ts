import { createHmac } from 'node:crypto';

/** How a secret begins in a file (Standard Webhooks, "Signature scheme"). */
export const SECRET_PREFIX = 'whsec_';

/** The key of a secret `whsec_<base64>`: 24 to 64 bytes. Null when it is not one. */
export function keyOfSecret(secret: string): Buffer | null {
  const encoded = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const key = Buffer.from(encoded, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : null;
}

export interface SignedMessage {
  eventId: string;
  /** Of this attempt, seconds since 1970. */
  timestamp: number;
  /** Exactly as it is sent. */
  body: string;
  /** Each signs; receivers take any that fits, so that a secret can be replaced without a gap. None: it is not signed. */
  keys: readonly Buffer[];
}

/** The headers of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, one signature a key. */
export function signatureHeaders({ eventId, timestamp, body, keys }: SignedMessage): Record<string, string> {
  const signed = `${eventId}.${timestamp}.${body}`;
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
  };
}
