import { readFileSync } from 'node:fs';

/** The version of this installation of Convoy, as its package says. */
export const CONVOY_VERSION: string = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Who asks Temporal for work on a queue of its own kind, and of which version that process is. */
export const pollerOf = (processId: string, kind: string): string => `${processId}#${kind}@${CONVOY_VERSION}`;

/** The version that such a name tells; null of a process older than these names. */
export const versionOfPoller = (identity: string): string | null => /#[a-z]+@([^@#]+)$/.exec(identity)?.[1] ?? null;
