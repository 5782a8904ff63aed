import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * Reads a secret, or makes it when the file does not exist yet. The file gets mode 0600; the secret is random bytes
 * in base64 (`base64url` where it must fit into an address).
 */
export async function ensureSecretFile(
  file: string,
  options: { bytes?: number; encoding?: 'base64' | 'base64url' } = {},
): Promise<string> {
  const fresh = randomBytes(options.bytes ?? 32).toString(options.encoding ?? 'base64');
  return ensureFile(file, async () => `${fresh}\n`).then((text) => text.trim());
}

/** Reads a file, or creates it with mode 0600 from what `make` returns. */
export async function ensureFile(file: string, make: () => Promise<string>): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const text = await make();
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  return text;
}
