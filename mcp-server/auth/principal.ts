import { LRUCache } from 'lru-cache';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { SCOPES, type Principal, type Scope } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { PersonStore } from '../../shared/platform/persistence/stores/person-store.ts';
import type { AccessMapping } from './access-mapping.ts';
import type { AccessClaims } from './bearer.ts';

/** Who the claims are of and what the mapping lets that person do. */
export function principalOf(claims: AccessClaims, mapping: AccessMapping, via: Principal['via']): Principal {
  return {
    sub: claims.sub,
    email: claims.email ?? null,
    name: claims.name ?? null,
    clientId: claims.client_id ?? claims.azp ?? null,
    ...mapping.accessOf(claims),
    scopes: scopesOf(claims),
    via,
  };
}

/** Fails with FORBIDDEN when the mapping gave the person nothing. */
export function refuseUnmapped(principal: Principal): void {
  if (principal.roles.length > 0) return;
  throw new AppError('FORBIDDEN', {
    message: 'Your account has no access to this deployment.',
    hint: "Ask the deployment's administrator to map your account to a role.",
  });
}

/** Remembers people for the workflows, which look up the roles of whoever sent a signal. */
export interface PersonRecorder {
  record(principal: Principal): Promise<void>;
}

const RECORD_AGAIN_MS = 60_000;

/** Writes a person at most once a minute, and at once when their roles or devices have changed. */
export function createPersonRecorder(people: Pick<PersonStore, 'seen'>, issuer: string): PersonRecorder {
  const recent = new LRUCache<string, string>({ max: 10_000, ttl: RECORD_AGAIN_MS });
  return {
    async record({ sub, email, name, roles, devices }) {
      const person = { sub, issuer, email, name, roles, devices };
      const fingerprint = canonicalJson(person);
      if (recent.get(sub) === fingerprint) return;
      await people.seen(person);
      recent.set(sub, fingerprint);
    },
  };
}

/** `scope` as RFC 8693 has it, or the list and `scp` forms some providers use; unknown scopes are not ours to know. */
function scopesOf(claims: AccessClaims): Scope[] {
  const given = claims['scope'] ?? claims['scp'];
  const names = typeof given === 'string' ? given.split(' ') : Array.isArray(given) ? given : [];
  return SCOPES.filter((scope) => names.includes(scope));
}
