import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import { fetchJson } from './fetch-json.ts';
import { discoverIssuer } from './issuer-metadata.ts';

export interface IssuerKeysOptions {
  issuer: string;
  /** Where the keys are. Default: what the issuer's metadata says. */
  jwksUri?: string;
  /** Between background reloads. Default 300 000. */
  reloadMs?: number;
  /** After a failed load, and between reloads that an unknown key id may cause. Default 30 000. */
  cooldownMs?: number;
  /** How long keys are believed without a successful reload. Default 24 hours. */
  keepMs?: number;
  /** For one document of the issuer. Default 5000. */
  timeoutMs?: number;
  /** Default: a clock that nobody sets, or keys would be believed for longer when the clock is set back. */
  now?: () => number;
  /** Told when keys were read, and how many. */
  onReloaded?: (keys: number) => void;
  /** Told when a reload fails, and for how long keys already known stay in use; 0 when none are known. */
  onReloadFailed?: (error: unknown, usableMs: number) => void;
}

/** The signing keys of one issuer. */
export interface IssuerKeys {
  /** Finds the key of a token; at most one reload per cooldown for a key id nobody knows. */
  find: JWTVerifyGetKey;
  /** Fails with SERVICE_UNAVAILABLE while no keys are known. */
  ready(): Promise<void>;
  /** How old the keys in use are; null while none are known. */
  age(): KeyAge | null;
  close(): void;
}

/** When keys were read last, and what that means. */
export interface KeyAge {
  /** Since they were read, seconds. */
  readSeconds: number;
  /** Whether a background reload is overdue: the identity provider does not give them. */
  isOverdue: boolean;
  /** For so long are they still used when nobody gives newer ones, seconds. */
  usableSeconds: number;
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

interface LoadedKeys {
  find: ReturnType<typeof createLocalJWKSet>;
  loadedAt: number;
}

/**
 * Keeps an issuer's keys through its outages: they are reloaded in the background and the last good ones stay in use, so
 * that a known key needs no request and an identity provider that is down for an hour locks nobody out. (jose's remote
 * key set refuses every token once its cache is old and the endpoint fails.)
 */
export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const { issuer, reloadMs = 300_000, cooldownMs = 30_000, keepMs = 86_400_000, timeoutMs = 5000 } = options;
  const now = options.now ?? (() => performance.now());
  let loaded: LoadedKeys | null = null;
  let loading: Promise<LoadedKeys> | null = null;
  let lastTryAt = -Infinity;

  async function load(): Promise<LoadedKeys> {
    lastTryAt = now();
    const jwksUri = options.jwksUri ?? (await discoverIssuer(issuer, timeoutMs)).jwks_uri;
    const keySet = KeySet.parse(await fetchJson(jwksUri, { timeoutMs }));
    loaded = { find: createLocalJWKSet(keySet), loadedAt: now() };
    options.onReloaded?.(keySet.keys.length);
    return loaded;
  }

  /** One load for all who wait for it. A failure is told once, here. */
  function reload(): Promise<LoadedKeys> {
    loading ??= load()
      .catch((error: unknown) => {
        const usableMs = loaded === null ? 0 : Math.max(0, loaded.loadedAt + keepMs - now());
        options.onReloadFailed?.(error, usableMs);
        throw error;
      })
      .finally(() => {
        loading = null;
      });
    return loading;
  }

  async function current(): Promise<LoadedKeys> {
    if (loaded !== null && now() - loaded.loadedAt < keepMs) return loaded;
    // Without keys nobody can be let in, so the next request tries again soon, yet not each of a flood of requests.
    if (loading === null && now() - lastTryAt < Math.min(cooldownMs, 1000)) throw unavailable(null);
    try {
      return await reload();
    } catch (error) {
      throw unavailable(error);
    }
  }

  const timer = setInterval(() => {
    reload().catch(() => {
      // Told already; known keys stay in use.
    });
  }, reloadMs);
  timer.unref();

  return {
    async find(header, token) {
      const keys = await current();
      try {
        return await keys.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // Whoever comes while the keys are read waits for them: after a rotation all clients come with the new key at once.
        if (loading === null && now() - lastTryAt < cooldownMs) throw error;
        const renewed = await reload().catch(() => {
          throw error;
        });
        return renewed.find(header, token);
      }
    },
    async ready() {
      await current();
    },
    age() {
      if (loaded === null) return null;
      const ageMs = Math.max(0, now() - loaded.loadedAt);
      return {
        readSeconds: Math.floor(ageMs / 1000),
        isOverdue: ageMs > reloadMs + timeoutMs,
        usableSeconds: Math.max(0, Math.floor((keepMs - ageMs) / 1000)),
      };
    },
    close() {
      clearInterval(timer);
    },
  };
}

function unavailable(cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', {
    message: "The identity provider's signing keys cannot be read, so no token can be checked.",
    hint: 'Wait a few seconds and repeat the call with the same token.',
    details: { retryAfterSeconds: 5 },
    cause,
  });
}
