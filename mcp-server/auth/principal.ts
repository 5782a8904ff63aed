import { LRUCache } from 'lru-cache';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { SCOPES, type Principal, type Scope } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { PersonStore } from '../../shared/platform/persistence/stores/person-store.ts';
import type { AccessMapping } from './access-mapping.ts';
import { hasAudience, type AccessClaims } from './access-claims.ts';
import { isService } from './subject.ts';

export interface PrincipalRules {
  mapping: AccessMapping;
  /** Audiences only people's own programs get tokens for: the API and the approval gateway. */
  peopleAudiences: readonly string[];
}

/** What a program acting for a model can never do, whatever the identity provider put into its token. */
const PEOPLE_SCOPES: readonly Scope[] = ['fleet:approve', 'fleet:admin'];
const APPROVING: readonly Scope[] = ['fleet:approve'];
/** Claims of a service that the mapping looks at: rules for people never match one. */
const SERVICE_CLAIMS: readonly string[] = ['client_id'];

/** Who the claims are of, what the mapping lets that person do, and what they let the token's bearer do. */
export function principalOf(
  claims: AccessClaims,
  { mapping, peopleAudiences }: PrincipalRules,
  via: Principal['via'],
): Principal {
  // Approving is a person's act, also where a service may administer.
  const withheld = isService(claims.sub) ? APPROVING : [];
  const isForPeople = hasAudience(claims, peopleAudiences);
  return {
    sub: claims.sub,
    email: claims.email ?? null,
    name: claims.name ?? null,
    clientId: claims.client_id ?? claims.azp ?? null,
    ...mapping.accessOf(mappedClaims(claims)),
    scopes: scopesOf(claims).filter(
      (scope) => (isForPeople || !PEOPLE_SCOPES.includes(scope)) && !withheld.includes(scope),
    ),
    via,
  };
}

function mappedClaims(claims: AccessClaims): Readonly<Record<string, unknown>> {
  if (!isService(claims.sub)) return claims;
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => SERVICE_CLAIMS.includes(claim)));
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
  /** Writes what the approval gateway's own token or session says of the person, at once. */
  record(principal: Principal): Promise<void>;
  /**
   * Notes somebody whose token is for something else, at most once a minute: that token may carry other claims than the
   * gateway's, so it says what is known of new people only.
   */
  note(principal: Principal): Promise<void>;
  /** From now on sessions that were begun before are refused. */
  signOut(sub: string): Promise<void>;
}

const RECORD_AGAIN_MS = 60_000;

export function createPersonRecorder(
  people: Pick<PersonStore, 'seen' | 'met' | 'signedOut'>,
  issuer: string,
): PersonRecorder {
  const recent = new LRUCache<string, string>({ max: 10_000, ttl: RECORD_AGAIN_MS });
  return {
    record: ({ sub, email, name, grants }) => people.seen({ sub, issuer, email, name, grants }),
    signOut: (sub) => people.signedOut({ sub, issuer, at: new Date() }),
    async note({ sub, email, name, grants }) {
      const person = { sub, issuer, email, name, grants };
      const fingerprint = canonicalJson(person);
      if (recent.get(sub) === fingerprint) return;
      await people.met(person);
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
