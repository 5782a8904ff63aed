import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../errors/app-error.ts';
import type { Keyring } from './keyring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** `encoding` of a sealed payload, as Temporal's own samples name it. */
export const SEALED_ENCODING = 'binary/encrypted';
/** First byte of the data; another form would get another number. */
const FORM = 1;
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** 96 bits, as NIST SP 800-38D section 8.2 recommends for GCM. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + SALT_BYTES + NONCE_BYTES;
/** Payloads under one data key: far below the 2^32 that random nonces allow (NIST SP 800-38D section 8.3). */
const PAYLOADS_PER_KEY = 2 ** 24;
/** Data keys of other processes remembered, each 32 bytes: one for every start of a process whose histories are read. */
const KEYS_REMEMBERED = 1_000;

export interface PayloadCodecOptions {
  keyring: Keyring;
  /** Temporal's namespace; a payload opens in its own only. */
  namespace: string;
  /**
   * What becomes of payloads that are not sealed. `accept`, the default, is for whoever reads histories: people signal
   * without a key, and histories of versions before the codec are plain. `refuse` is for who acts on Convoy's word alone.
   */
  plain?: 'accept' | 'refuse';
}

export interface ConvoyPayloadCodec extends PayloadCodec {
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]>;
  decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]>;
}

/**
 * Seals whole payloads (AES-256-GCM), so that Temporal stores and shows nothing of them. Every process seals under a data
 * key of its own, derived from the keyring's first master key and a random salt (HKDF, RFC 5869) that goes along: no key is
 * wrapped, stored or looked up. Bound to a payload are the namespace, the master key's id and, where Temporal's library
 * tells it, the workflow it belongs to, which stands in its metadata: opened for another workflow, it is refused.
 *
 * Opening fails with INVALID_CONFIGURATION when the keyring lacks the master key, and with INTERNAL_ERROR when a payload was
 * altered or moved.
 */
export function createPayloadCodec({ keyring, namespace, plain = 'accept' }: PayloadCodecOptions): ConvoyPayloadCodec {
  const derived = new LRUCache<string, KeyObject>({ max: KEYS_REMEMBERED });
  let own: OwnKey | null = null;

  const dataKey = (keyId: string, salt: Buffer): KeyObject => {
    const name = `${keyId}.${salt.toString('base64')}`;
    let key = derived.get(name);
    if (key === undefined) {
      const { key: masterKey } = keyring.byId(keyId);
      const bytes = hkdfSync('sha256', masterKey, salt, `convoy payload ${namespace}`, KEY_BYTES);
      // As a key object: a cipher made of bytes costs ten times as much.
      key = createSecretKey(Buffer.from(bytes));
      derived.set(name, key);
    }
    return key;
  };

  const ownKey = (): OwnKey => {
    const { id } = keyring.first;
    if (own === null || own.id !== id || own.left === 0) {
      const salt = randomBytes(SALT_BYTES);
      own = { id, idBytes: Buffer.from(id), salt, key: dataKey(id, salt), left: PAYLOADS_PER_KEY };
    }
    own.left -= 1;
    return own;
  };

  const seal = (payload: Payload, owner: string): Payload => {
    const { id, idBytes, salt, key } = ownKey();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(bindingOf(id, namespace, owner));
    const ciphertext = cipher.update(PayloadMessage.encode(payload).finish());
    const metadata: Record<string, Uint8Array> = { encoding: SEALED_BYTES, [KEY_ID]: idBytes };
    if (owner !== '') metadata[OWNER] = Buffer.from(owner);
    return {
      metadata,
      data: Buffer.concat([FORM_BYTE, salt, nonce, ciphertext, cipher.final(), cipher.getAuthTag()]),
    };
  };

  const unseal = (payload: Payload, wanted: string | undefined): Payload => {
    const keyId = textOf(payload, KEY_ID);
    const owner = ownerOf(payload) ?? '';
    if (owner !== '' && wanted !== undefined && startedAs(owner) !== startedAs(wanted)) throw doesNotOpen();
    const data = bytesOf(payload.data);
    if (data.length < HEAD_BYTES + TAG_BYTES || data[0] !== FORM) throw doesNotOpen();
    const key = dataKey(keyId, data.subarray(1, 1 + SALT_BYTES));
    const decipher = createDecipheriv(CIPHER, key, data.subarray(1 + SALT_BYTES, HEAD_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(bindingOf(keyId, namespace, owner)).setAuthTag(data.subarray(-TAG_BYTES));
    try {
      const opened = decipher.update(data.subarray(HEAD_BYTES, -TAG_BYTES));
      decipher.final();
      const { metadata, data: inner } = PayloadMessage.decode(opened);
      return { metadata, data: inner };
    } catch (cause) {
      throw doesNotOpen(cause);
    }
  };

  return {
    async encode(payloads, context) {
      const owner = workflowOf(context) ?? '';
      return payloads.map((payload) => seal(payload, owner));
    },
    async decode(payloads, context) {
      const wanted = workflowOf(context);
      return payloads.map((payload) => {
        if (isSealed(payload)) return unseal(payload, wanted);
        if (plain === 'accept') return payload;
        throw new AppError('FORBIDDEN', { message: "Here only what one of Convoy's own processes sealed is taken." });
      });
    },
  };
}

/** Whether the codec made the payload. */
export function isSealed(payload: Payload): boolean {
  const encoding = payload.metadata?.['encoding'];
  return encoding !== undefined && encoding !== null && SEALED_BYTES.equals(bytesOf(encoding));
}

/** Id of the workflow a sealed payload says it belongs to, which only opening it proves; null when it belongs to none. */
export function ownerOf(payload: Payload): string | null {
  return textOf(payload, OWNER) || null;
}

/** Id of the master key under which the payload is sealed; null when it is not sealed. */
export function payloadKeyIdOf(payload: Payload): string | null {
  return isSealed(payload) ? textOf(payload, KEY_ID) : null;
}

interface OwnKey {
  id: string;
  idBytes: Buffer;
  salt: Buffer;
  key: KeyObject;
  /** Payloads it may still seal. */
  left: number;
}

const KEY_ID = 'encryption-key-id';
const OWNER = 'owner';
const SEALED_BYTES = Buffer.from(SEALED_ENCODING);
const FORM_BYTE = Buffer.from([FORM]);

/** Activities outside of workflows have none, and some ways into a worker do not tell. */
function workflowOf(context: SerializationContext | undefined): string | undefined {
  return context?.workflowId || undefined;
}

/**
 * The id that a workflow was to be started under. A schedule appends the time to it, and hands each of its runs the result
 * of the run before: these belong together. Pure.
 */
function startedAs(workflowId: string): string {
  return workflowId.replace(/-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, '');
}

/** NUL cannot occur in a key's id or a namespace, so two different triples never give the same bytes. */
function bindingOf(keyId: string, namespace: string, owner: string): Buffer {
  return Buffer.from(`convoy payload ${FORM}\0${keyId}\0${namespace}\0${owner}`, 'utf8');
}

function textOf(payload: Payload, key: string): string {
  const value = payload.metadata?.[key];
  return value ? bytesOf(value).toString('utf8') : '';
}

function bytesOf(bytes: Uint8Array | null | undefined): Buffer {
  if (!bytes) return Buffer.alloc(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function doesNotOpen(cause?: unknown): AppError {
  return new AppError('INTERNAL_ERROR', {
    message: 'A sealed payload does not open: it was altered, or it belongs to another workflow or namespace.',
    cause,
  });
}
