import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError } from '../../errors/app-error.ts';

/** Where the master keys come from; exactly one must be given. */
export interface MasterKeySource {
  /** The keys themselves (`CONVOY_MASTER_KEY`). */
  masterKey?: string | undefined;
  /** A file that holds them (`CONVOY_MASTER_KEY_FILE`), such as a mounted secret or `/dev/fd/3`. */
  masterKeyFile?: string | undefined;
  /** A command that prints them (`CONVOY_MASTER_KEY_COMMAND`), run by `/bin/sh -c`; it has 30 s. */
  masterKeyCommand?: string | undefined;
}

const COMMAND_TIMEOUT_MS = 30_000;

/** The text of the keys and the name of the variable they came from. Fails with INVALID_CONFIGURATION. */
export async function readMasterKeys(source: MasterKeySource): Promise<{ text: string; origin: string }> {
  const { masterKey, masterKeyFile, masterKeyCommand } = source;
  const given = [masterKey, masterKeyFile, masterKeyCommand].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `Exactly one of CONVOY_MASTER_KEY, CONVOY_MASTER_KEY_FILE and CONVOY_MASTER_KEY_COMMAND must be set; ${given.length} are.`,
    });
  }
  if (masterKey !== undefined) return { text: masterKey, origin: 'CONVOY_MASTER_KEY' };
  if (masterKeyFile !== undefined) return { text: await readKeyFile(masterKeyFile), origin: 'CONVOY_MASTER_KEY_FILE' };
  return { text: await runKeyCommand(masterKeyCommand ?? ''), origin: 'CONVOY_MASTER_KEY_COMMAND' };
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new AppError('INVALID_CONFIGURATION', {
      message: `CONVOY_MASTER_KEY_FILE: the file ${file} cannot be read (${reason}).`,
      cause,
    });
  }
}

async function runKeyCommand(command: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { timeout: COMMAND_TIMEOUT_MS });
    return stdout;
  } catch (failure) {
    const { code, killed } = failure as { code?: number | string; killed?: boolean };
    const how = killed === true ? `did not end within ${COMMAND_TIMEOUT_MS / 1000} s` : `failed with ${String(code)}`;
    // The failure itself holds the command line and its output, either of which may be the secret.
    throw new AppError('INVALID_CONFIGURATION', { message: `CONVOY_MASTER_KEY_COMMAND: the command ${how}.` });
  }
}
