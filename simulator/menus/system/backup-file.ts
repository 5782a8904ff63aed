import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import { z } from 'zod';
import type { Snapshot } from '../../engine/definition.ts';

/** What stands at the start of a plain and of an encrypted backup of RouterOS (little endian). */
const PLAIN = 0x88_ac_a1_b1;
const ENCRYPTED = 0xef_a8_91_72;

const item = z.strictObject({
  id: z.string(),
  dynamic: z.boolean(),
  values: z.record(z.string(), z.string()),
  internal: z.record(z.string(), z.number()),
});

const snapshotSchema = z.record(z.string(), z.strictObject({ nextId: z.int(), items: z.array(item) }));

/** A configuration as a backup file; with a password nobody reads it without. */
export function packBackup(snapshot: Snapshot, password: string | undefined): Buffer {
  const packed = deflateSync(JSON.stringify(snapshot));
  if (password === undefined) return Buffer.concat([header(PLAIN), packed]);
  const salt = randomBytes(16);
  const cipher = createCipheriv('aes-256-gcm', keyOf(password, salt), salt.subarray(0, 12));
  const secret = Buffer.concat([cipher.update(packed), cipher.final()]);
  return Buffer.concat([header(ENCRYPTED), salt, cipher.getAuthTag(), secret]);
}

/** The configuration in a backup file; undefined when it is none, is damaged, or the password is another one. */
export function unpackBackup(file: Buffer, password: string): Snapshot | undefined {
  const magic = file.length < 4 ? undefined : file.readUInt32LE(0);
  if (magic !== PLAIN && magic !== ENCRYPTED) return undefined;
  try {
    const packed = magic === PLAIN ? file.subarray(4) : decrypt(file, password);
    return snapshotSchema.parse(JSON.parse(inflateSync(packed).toString('utf8')));
  } catch {
    // Whatever is wrong with the bytes, the device says no more than that it cannot read them.
    return undefined;
  }
}

function decrypt(file: Buffer, password: string): Buffer {
  const salt = file.subarray(4, 20);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(password, salt), salt.subarray(0, 12));
  decipher.setAuthTag(file.subarray(20, 36));
  return Buffer.concat([decipher.update(file.subarray(36)), decipher.final()]);
}

function header(magic: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(magic);
  return bytes;
}

function keyOf(password: string, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(password).digest();
}
