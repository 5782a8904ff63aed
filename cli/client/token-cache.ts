import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const CachedToken = z.strictObject({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** ISO 8601. */
  expiresAt: z.iso.datetime(),
});
export type CachedToken = z.infer<typeof CachedToken>;

const CacheFile = z.record(z.string(), CachedToken);

/** What a token was issued by and for. */
export interface TokenKey {
  issuer: string;
  resource: string;
  /** What was asked for, space-separated; the order does not matter. */
  scope: string;
}

/** Tokens of device logins, in `tokens.json` of the home folder, mode 0600. */
export interface TokenCache {
  get(key: TokenKey): Promise<CachedToken | null>;
  put(key: TokenKey, token: CachedToken): Promise<void>;
}

export function openTokenCache(homeDir: string): TokenCache {
  const file = path.join(homeDir, 'tokens.json');
  return {
    async get(key) {
      return (await read(file))[nameOf(key)] ?? null;
    },
    async put(key, token) {
      const content = { ...(await read(file)), [nameOf(key)]: token };
      await mkdir(homeDir, { recursive: true, mode: 0o755 });
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
      await chmod(temporary, 0o600);
      await rename(temporary, file);
    },
  };
}

function nameOf({ issuer, resource, scope }: TokenKey): string {
  return [issuer, resource, ...new Set(scope.split(' ').toSorted())].join(' ');
}

async function read(file: string): Promise<z.infer<typeof CacheFile>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  // A cache that cannot be read is an empty one: the price is one more login.
  const parsed = CacheFile.safeParse(jsonOrNull(text));
  return parsed.success ? parsed.data : {};
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
