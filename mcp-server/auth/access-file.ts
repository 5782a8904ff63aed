import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { AppError } from '../../shared/errors/app-error.ts';
import { createAccessMapping, type AccessFile, type AccessMapping } from './access-mapping.ts';
import { parseAccess } from './parse-access.ts';

/** The mapping of a file, taken anew when the file changes. */
export interface OpenAccessMapping extends AccessMapping {
  /** Reads the file again. One that cannot be used is logged, and the mapping before it stays. */
  reload(): Promise<void>;
  /** The content in use is told at once, and every one that is taken after it. */
  onTaken(hear: (content: AccessFile) => void): void;
  close(): void;
}

export interface AccessFileOptions {
  /** CONVOY_ACCESS_FILE. */
  file: string;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** How often it is looked whether the file changed, milliseconds. Default 5 000. */
  lookMs?: number;
}

/** Reads the access file. Fails with INVALID_CONFIGURATION naming every problem; `details.problems` holds them as a list. */
export async function loadAccessMapping(file: string): Promise<AccessMapping> {
  return createAccessMapping(await readAccessFile(file));
}

/** Opens the mapping of a process; a file that cannot be used keeps the process from starting. */
export async function openAccessMapping({ file, log, lookMs = 5_000 }: AccessFileOptions): Promise<OpenAccessMapping> {
  const read = async (): Promise<AccessMapping> => {
    const content = await readAccessFile(file);
    if (content.trustUnverifiedEmail === true) {
      log.warn({ file }, 'trustUnverifiedEmail: whoever can set an e-mail address at the provider can be anybody');
    }
    latest = content;
    return createAccessMapping(content);
  };
  let latest: AccessFile | null = null;
  const hearers: ((content: AccessFile) => void)[] = [];
  const tell = (hear: (content: AccessFile) => void): void => {
    if (latest !== null) hear(latest);
  };
  let mapping = await read();
  const reload = async (): Promise<void> => {
    try {
      mapping = await read();
      hearers.forEach(tell);
      log.info({ file }, 'access file read');
    } catch (error) {
      log.error({ err: error, file }, 'access file cannot be used; the mapping before it stays');
    }
  };
  // Looked at and not listened to: a file that a deployment replaces by a link is seen as well.
  const look = (): void => void reload();
  watchFile(file, { interval: lookMs, persistent: false }, look);
  return {
    // Never taken apart: whoever holds it sees the file as it is now.
    accessOf: (claims) => mapping.accessOf(claims),
    reload,
    onTaken: (hear) => {
      hearers.push(hear);
      tell(hear);
    },
    close: () => unwatchFile(file, look),
  };
}

async function readAccessFile(file: string): Promise<AccessFile> {
  const yaml = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable(file, [cause instanceof Error ? cause.message : String(cause)], cause);
  });
  const { file: content, problems } = parseAccess(yaml);
  if (content === null) throw unusable(file, problems);
  return content;
}

function unusable(file: string, problems: string[], cause?: unknown): AppError {
  return new AppError('INVALID_CONFIGURATION', {
    message: `The access file ${file} cannot be used: ${problems.join(' ')}`,
    details: { problems },
    cause,
  });
}
