import { createHash } from 'node:crypto';
import { lstat, readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { watchContent } from '../../shared/platform/config/watched-file.ts';
import type { TakenAccessFile } from '../../shared/platform/persistence/stores/access-file-store.ts';
import type { AccessFile } from '../../shared/domain/access-file.ts';
import { createAccessMapping, type AccessMapping } from '../../shared/domain/access-mapping.ts';
import { parseAccess } from './parse-access.ts';

/** The mapping of a file, taken anew when the file changes. */
export interface OpenAccessMapping extends AccessMapping {
  /** Reads the file again. One that cannot be used is logged, and the mapping before it stays. */
  reload(): Promise<void>;
  /** The content in use is told at once, and every one that is taken after it. */
  onTaken(hear: (file: TakenAccessFile) => void): void;
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
export async function openAccessMapping({ file, log, lookMs }: AccessFileOptions): Promise<OpenAccessMapping> {
  let latest: TakenAccessFile | null = null;
  const read = async () => {
    const taken = await takenFile(file, latest);
    const { content } = taken;
    if (content.trustUnverifiedEmail === true) {
      log.warn({ file }, 'trustUnverifiedEmail: whoever can set an e-mail address at the provider can be anybody');
    }
    latest = taken;
    return { taken, mapping: createAccessMapping(content) };
  };
  const watched = await watchContent({ file, name: 'access', read, log, lookMs });
  return {
    // Never taken apart: whoever holds it sees the file as it is now.
    accessOf: (claims) => watched.current().mapping.accessOf(claims),
    relevantOf: (claims) => watched.current().mapping.relevantOf(claims),
    reload: () => watched.reload(),
    onTaken: (hear) => watched.onTaken(({ taken }) => hear(taken)),
    close: () => watched.close(),
  };
}

/**
 * The file as it is now. What differs from before in this process has been so since it was looked at; what is the same, or
 * is read first, since the file was last touched. So of two processes the one that reads the older content never seems to
 * have the newer one.
 */
async function takenFile(file: string, before: TakenAccessFile | null): Promise<TakenAccessFile> {
  const lookedAtMs = Date.now();
  const content = await readAccessFile(file);
  const digest = createHash('sha256').update(canonicalJson(content)).digest('hex');
  if (before !== null && before.digest !== digest) return { content, digest, since: new Date(lookedAtMs) };
  return {
    content,
    digest,
    since: new Date(Math.max(before?.since.getTime() ?? 0, await touchedAtMs(file, lookedAtMs))),
  };
}

/**
 * When the file, or the link to it, was last put there or changed: unlike the time of its content, also after it was moved
 * there. Never later than it was looked at, however clocks differ.
 */
async function touchedAtMs(file: string, lookedAtMs: number): Promise<number> {
  const [link, target] = await Promise.all([lstat(file), stat(file)]);
  return Math.min(lookedAtMs, Math.max(link.ctimeMs, target.ctimeMs));
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
