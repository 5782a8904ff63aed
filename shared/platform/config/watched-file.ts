import { unwatchFile, watchFile } from 'node:fs';
import type { Logger } from 'pino';

/** What a file holds, taken anew when the file changes. */
export interface WatchedFile<Content> {
  current(): Content;
  /** Reads the file again. One that cannot be used is logged, and what was read before stays. */
  reload(): Promise<void>;
  /** What is in use is told at once, and whatever is read after it. */
  onTaken(hear: (content: Content) => void): void;
  close(): void;
}

export interface WatchedFileOptions<Content> {
  file: string;
  /** What it is, for the log: `policy`. */
  name: string;
  /** Fails when the file cannot be used. */
  read: () => Promise<Content>;
  log: Pick<Logger, 'info' | 'error'>;
  /** How often it is looked whether the file changed, milliseconds. Default 5 000. */
  lookMs?: number | undefined;
}

/** Reads the file and watches it from then on. Fails as `read` does when it cannot be used now. */
export async function watchContent<Content>(options: WatchedFileOptions<Content>): Promise<WatchedFile<Content>> {
  const { file, name, read, log, lookMs = 5_000 } = options;
  const hearers: ((content: Content) => void)[] = [];
  let content = await read();
  let reading: Promise<void> = Promise.resolve();
  async function readAgain(): Promise<void> {
    try {
      content = await read();
    } catch (error) {
      log.error({ err: error, file }, `${name} file cannot be used; the one before it stays`);
      return;
    }
    log.info({ file }, `${name} file read`);
    for (const hear of hearers) hear(content);
  }
  // One after the other: of two at once, the one that read the older content might end last.
  const reload = (): Promise<void> => {
    reading = reading.then(readAgain);
    return reading;
  };
  // Looked at and not listened to: a file that a deployment replaces by a link is seen as well.
  const look = (): void => void reload();
  watchFile(file, { interval: lookMs, persistent: false }, look);
  return {
    current: () => content,
    reload,
    onTaken(hear) {
      hearers.push(hear);
      hear(content);
    },
    close: () => unwatchFile(file, look),
  };
}
