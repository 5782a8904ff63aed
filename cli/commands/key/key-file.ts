import { chmod, chown, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseKeyring } from '../../../shared/platform/encryption/keyring.ts';
import { CliError } from '../../client/cli-error.ts';

/** The entries of a file of master keys, the first one first; none when there is no such file. */
export async function readKeyFile(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  parseKeyring(text, file);
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/**
 * Replaces the file in one step, so that nobody ever reads half of it, with mode 0600 and the owner it had. Fails with
 * INVALID_CONFIGURATION, and writes nothing, when the entries are no keyring.
 */
export async function writeKeyFile(file: string, entries: readonly string[]): Promise<void> {
  const text = `${entries.join(',')}\n`;
  parseKeyring(text, file);
  const owner = await stat(file).catch(() => null);
  const next = path.join(path.dirname(file), `.${path.basename(file)}.new`);
  await rm(next, { force: true });
  const handle = await open(next, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(next, 0o600);
  if (owner !== null && (owner.uid !== process.getuid?.() || owner.gid !== process.getgid?.())) {
    await chown(next, owner.uid, owner.gid);
  }
  await rename(next, file);
}

/** The id of an entry; a key without one is named after itself. */
export function idOfEntry(entry: string): string {
  return parseKeyring(entry).first.id;
}

export function noSuchKey(id: string, file: string): CliError {
  return new CliError('NOT_FOUND', `${file} holds no master key "${id}".`);
}
