import { createHash, randomBytes } from 'node:crypto';
import { readMasterKeys, type MasterKeySource } from './master-key-source.ts';
import { AppError } from '../../errors/app-error.ts';

/** A key that wraps the data keys of sealed secrets. */
export interface MasterKey {
  /** Stored with every secret it seals. */
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** The master keys of a deployment: the first one seals, all of them open. */
export interface Keyring {
  first: MasterKey;
  /** The ids of all keys, the first one first. */
  ids: readonly string[];
  /** Fails with INVALID_CONFIGURATION when the key is not there. */
  byId(id: string): MasterKey;
}

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const KEY_BYTES = 32;

/**
 * Reads the master keys from the one source that is configured and checks them. Fails with INVALID_CONFIGURATION; the
 * message names the source, never the key.
 */
export async function loadKeyring(source: MasterKeySource): Promise<Keyring> {
  const { text, origin } = await readMasterKeys(source);
  return parseKeyring(text, origin);
}

/**
 * A keyring from text: one base64 key of 32 bytes, or a comma-separated list of `id:base64`. A key without an id is named
 * after its own hash, so that the same key always has the same id.
 */
export function parseKeyring(text: string, origin = 'the master key'): Keyring {
  const keys = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry, index) => parseKey(entry, index + 1, origin));
  const [first] = keys;
  if (first === undefined) throw invalid(`${origin} is empty; it must hold ${ALLOWED}.`);
  const byId = new Map<string, MasterKey>();
  for (const key of keys) {
    if (byId.has(key.id)) throw invalid(`${origin} names the key id "${key.id}" twice.`);
    byId.set(key.id, key);
  }
  return {
    first,
    ids: [...byId.keys()],
    byId: (id) => {
      const key = byId.get(id);
      if (key === undefined) {
        throw invalid(
          `A secret is sealed under the master key "${id}", which ${origin} does not hold; it holds ${[...byId.keys()].join(', ')}.`,
          'Add the missing key as "id:base64" behind the first one.',
        );
      }
      return key;
    },
  };
}

const ALLOWED = 'a base64 key of 32 bytes, or a comma-separated list of id:base64';

/** A new master key as an entry of such a list. The id defaults to one that is made of the key itself. */
export function newMasterKey(id?: string): string {
  const key = randomBytes(KEY_BYTES);
  const entry = `${id ?? idOf(key)}:${key.toString('base64')}`;
  parseKey(entry, 1, 'the new master key');
  return entry;
}

function parseKey(entry: string, position: number, origin: string): MasterKey {
  const colon = entry.indexOf(':');
  const base64 = colon === -1 ? entry : entry.slice(colon + 1);
  const key = Buffer.from(base64, 'base64');
  // Buffer.from skips what is not base64, so only a round trip tells a typing error from a key.
  const isBase64 = key.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  if (!isBase64) throw invalid(`${origin}: key ${position} is not base64; allowed is ${ALLOWED}.`);
  if (key.length !== KEY_BYTES) {
    throw invalid(`${origin}: key ${position} has ${key.length} bytes; allowed is ${ALLOWED}.`);
  }
  const id = colon === -1 ? idOf(key) : entry.slice(0, colon);
  if (!KEY_ID.test(id)) {
    throw invalid(`${origin}: the id of key ${position} must be 1 to 32 letters, digits, "_" or "-".`);
  }
  return { id, key };
}

function idOf(key: Buffer): string {
  return `k${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}

function invalid(message: string, hint?: string): AppError {
  return new AppError('INVALID_CONFIGURATION', { message, hint });
}
