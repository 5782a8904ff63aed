import { LRUCache } from 'lru-cache';
import { SCOPES, type Principal, type ProvenBy, type Scope } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { PersonSighting, PersonStore } from '../../shared/platform/persistence/stores/person-store.ts';
import type { AccessMapping, Claims } from '../../shared/domain/access-mapping.ts';
import { hasAudience, type ProvenClaims } from './access-claims.ts';
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
  claims: ProvenClaims,
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
    provenBy: claims.provenBy,
  };
}

/** What proved somebody for whom Cloudflare Access vouched as well. */
export function withSecondFactor(provenBy: ProvenBy): ProvenBy {
  switch (provenBy) {
    case 'access-token':
    case 'introspected-token':
    case 'id-token':
    case 'service-access-token':
    case 'service-introspected-token':
      return `${provenBy}+cloudflare-access`;
    default:
      return provenBy;
  }
}

function mappedClaims(claims: PersonClaims): Claims {
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
  /** Writes what the claims of the approval gateway's own token or session say of the person, at once. */
  record(principal: Principal, claims: PersonClaims): Promise<void>;
  /**
   * Notes somebody whose token is for something else, at most once a minute: that token may carry other claims than the
   * gateway's, so it says what is known of new people only.
   */
  note(principal: Principal, claims: PersonClaims): Promise<void>;
}

/** What a token or session says of somebody. */
export type PersonClaims = Claims & { sub: string };

export interface PersonRecorderOptions {
  people: Pick<PersonStore, 'seen' | 'met'>;
  /** Says which claims are kept, for the day on which the access file changes. */
  mapping: Pick<AccessMapping, 'relevantOf'>;
  issuer: string;
}

const RECORD_AGAIN_MS = 60_000;

export function createPersonRecorder({ people, mapping, issuer }: PersonRecorderOptions): PersonRecorder {
  const recent = new LRUCache<string, string>({ max: 10_000, ttl: RECORD_AGAIN_MS });
  const sightingOf = ({ sub, email, name, grants }: Principal, claims: PersonClaims): PersonSighting => {
    return { sub, issuer, email, name, grants, claims: mapping.relevantOf(mappedClaims(claims)) };
  };
  return {
    record: (principal, claims) => people.seen(sightingOf(principal, claims)),
    async note(principal, claims) {
      const person = sightingOf(principal, claims);
      // Built the same way each time; keys in another order would only cost a write.
      const fingerprint = JSON.stringify(person);
      if (recent.get(person.sub) === fingerprint) return;
      await people.met(person);
      recent.set(person.sub, fingerprint);
    },
  };
}

/** `scope` as RFC 8693 has it, or the list and `scp` forms some providers use; unknown scopes are not ours to know. */
function scopesOf(claims: ProvenClaims): Scope[] {
  const given = claims['scope'] ?? claims['scp'];
  const names = typeof given === 'string' ? given.split(' ') : Array.isArray(given) ? given : [];
  return SCOPES.filter((scope) => names.includes(scope));
}
