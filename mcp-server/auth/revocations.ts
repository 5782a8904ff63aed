import { AppError } from '../../shared/errors/app-error.ts';
import type {
  Revocation,
  RevocationKey,
  RevocationStore,
} from '../../shared/platform/persistence/stores/revocation-store.ts';
import { tokenRefused } from './access-claims.ts';
import type { AccessMapping } from '../../shared/domain/access-mapping.ts';
import { serviceSubject } from './subject.ts';

/** Who and what is refused, as this process knows it. */
export interface Revocations {
  /** Fails with UNAUTHORIZED for a revoked token, by its own id (`jti`) or its hash. */
  refuseToken(token: { tokenId: string | undefined; hash: string }): Promise<void>;
  /** Whether somebody's access is revoked, by subject or e-mail address. */
  isRevoked(person: { sub: string; email: string | undefined }): boolean;
  /** Fails with SERVICE_UNAVAILABLE unless the list is as new as it must be for more than reads. */
  demandFresh(): Promise<void>;
  /** Looks now, so that what this process changed has effect before it says so. */
  refresh(): Promise<void>;
  /** Calls the listener after each change of the list, whichever process made it. */
  onChange(listener: () => void): void;
  close(): void;
}

export interface RevocationsOptions {
  store: Pick<RevocationStore, 'list' | 'mark'>;
  /** Between two looks, and so how late this process learns of what another one revoked, milliseconds. Default 1000. */
  everyMs?: number;
  /** A list that could not be read anew for so long lets nobody in, milliseconds. Default 30 000. */
  staleMs?: number;
  /**
   * A known list that could not be read anew serves for reads so long, and whoever lets more than reads through demands a
   * fresh one, milliseconds. Default: as long as `staleMs`.
   */
  readsMs?: number;
  /** Default: a clock that nobody sets, or a list would be believed for longer when the clock is set back. */
  now?: () => number;
  onError?: (error: unknown) => void;
}

/**
 * Keeps the list of revocations in memory. It looks and is not told, because a look needs no connection that may be lost
 * without anybody noticing. Every method that asks fails with SERVICE_UNAVAILABLE while the list is not known or too old.
 */
export function createRevocations(options: RevocationsOptions): Revocations {
  const { store, everyMs = 1000, staleMs = 30_000, now = steadyMs } = options;
  const readsMs = Math.max(staleMs, options.readsMs ?? 0);
  const listeners = new Set<() => void>();
  let keys = new Set<string>();
  let mark: string | null = null;
  let lookedAt = -Infinity;
  let looking: Promise<void> | null = null;
  let failure: unknown = null;

  async function look(): Promise<void> {
    const startedAt = now();
    const newest = await store.mark();
    if (newest !== mark) {
      const list = await store.list();
      const isFirst = mark === null;
      keys = new Set(list.map(keyOf));
      // Of before the list: what is revoked between the two is found by the next look.
      mark = newest;
      if (!isFirst) for (const listener of listeners) listener();
    }
    lookedAt = startedAt;
  }

  function lookOnce(): Promise<void> {
    looking ??= look()
      .catch((error: unknown) => {
        failure = error;
        throw error;
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  const isFresh = (): boolean => now() - lookedAt < staleMs;
  const isUsable = (): boolean => now() - lookedAt < readsMs;
  const demand = async (isGood: () => boolean): Promise<void> => {
    if (isGood()) return;
    await lookOnce().catch((cause: unknown) => {
      throw notKnown(cause);
    });
  };
  const has = (kind: Revocation['kind'], subject: string | undefined): boolean =>
    subject !== undefined && keys.has(keyOf({ kind, subject }));

  const timer = setInterval(() => void lookOnce().catch((error: unknown) => options.onError?.(error)), everyMs);
  timer.unref();

  return {
    async refuseToken({ tokenId, hash }) {
      await demand(isUsable);
      if (has('token', hash) || has('token', tokenId)) throw tokenRefused('it was revoked');
    },
    isRevoked({ sub, email }) {
      if (!isUsable()) throw notKnown(failure);
      // A subject that is an address is kept in lower case too, however the identity provider writes it.
      return [sub, sub.toLowerCase(), email?.toLowerCase()].some((subject) => has('user', subject));
    },
    demandFresh: () => demand(isFresh),
    async refresh() {
      // One that has begun already may have read the list before the change.
      await looking?.catch(() => {});
      await lookOnce();
    },
    onChange(listener) {
      listeners.add(listener);
    },
    close() {
      clearInterval(timer);
    },
  };
}

function steadyMs(): number {
  return performance.now();
}

/** The mapping, in which whoever is revoked has nothing. */
export function withoutRevoked(mapping: AccessMapping, revocations: Pick<Revocations, 'isRevoked'>): AccessMapping {
  return {
    ...mapping,
    accessOf(claims) {
      const { sub, email, client_id: clientId } = claims;
      // Only a service is mapped without its subject.
      const subject = typeof sub === 'string' ? sub : serviceSubject(String(clientId));
      const person = { sub: subject, email: typeof email === 'string' ? email : undefined };
      return revocations.isRevoked(person) ? { roles: [], grants: [] } : mapping.accessOf(claims);
    },
  };
}

function notKnown(cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', {
    message: 'It cannot be told whether your access was revoked.',
    details: { retryAfterSeconds: 5 },
    cause,
  });
}

function keyOf({ kind, subject }: RevocationKey): string {
  return `${kind} ${subject}`;
}
