import { ulid } from 'ulid';
import type { AppError } from '../../shared/errors/app-error.ts';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import { actorOf, addressDetail, type Actor } from '../audit/actor-of.ts';
import { createRateLimiter, type RateLimit } from '../call/limit-rate.ts';

/** Somebody who proved who they are and was turned away before any action was looked at. */
export interface RefusedAccess {
  person: Actor;
  /** The door, such as `mcp`, `http` or `temporal-ui`. */
  via: string;
  error: AppError;
  method: string;
  path: string;
  correlationId: string;
  clientAddress?: string | undefined;
}

export interface AccessRefusals {
  /** Appends `access.refused`. Fails with RATE_LIMITED for whoever is refused all the time: knocking fills no audit. */
  record(attempt: RefusedAccess): Promise<void>;
}

const DEFAULT_RATE: RateLimit = { perSecond: 0.2, burst: 20 };
const MAX_PATH_CHARS = 300;

export function createAccessRefusals(audit: Pick<AuditStore, 'append'>, rate = DEFAULT_RATE): AccessRefusals {
  const limiter = createRateLimiter(rate);
  return {
    async record({ person, via, error, method, path, correlationId, clientAddress }) {
      limiter.take(person.sub);
      await audit.append({
        key: `access/${ulid()}`,
        action: 'access.refused',
        ...actorOf(person, via),
        outcome: 'refused',
        code: error.code,
        message: error.message,
        details: {
          ...error.details,
          method: method.slice(0, 10),
          path: path.slice(0, MAX_PATH_CHARS),
          ...addressDetail(clientAddress),
        },
        correlationId,
      });
    },
  };
}
