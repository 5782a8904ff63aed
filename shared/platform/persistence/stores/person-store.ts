import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { AccessMapping, Claims } from '../../../domain/access-mapping.ts';
import { allRoles, RoleGrant, type Role } from '../../../domain/principal.ts';
import { PersonEntity } from '../entities/person-entity.ts';
import { storedJson, storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { createCurrentMapping } from './access-file-store.ts';
import { currentMs } from '../../process/platform-clock.ts';

/**
 * People and services as verified tokens showed them; workflows look up the roles of whoever sent a signal. What somebody may
 * do is said by the access file in force at the moment of the question, applied to the claims that are kept of them.
 */
export interface PersonStore {
  /** Inserts the person, or replaces what is known of them. */
  seen(person: PersonSighting): Promise<void>;
  /**
   * Inserts the person; of one who is known already only what was missing, what they now ask as, and when they were last
   * seen, so that a token that says less of them, or more, changes no grants.
   */
  met(person: PersonSighting): Promise<void>;
  get(sub: string): Promise<Person | null>;
  /** By subject, else by e-mail address: of several the one seen last. */
  find(ref: string): Promise<Person | null>;
}

export interface PersonSighting {
  /** Subject at the deployment's one identity provider. */
  sub: string;
  issuer: string;
  email: string | null;
  name: string | null;
  /** What the access file gives for the claims, as the process that saw the token knows the file. */
  grants: readonly RoleGrant[];
  /** The claims that matter to the access file. Default: none are kept, and the grants stay whatever the file says. */
  claims?: Claims;
}

export interface Person {
  sub: string;
  issuer: string;
  email: string | null;
  name: string | null;
  grants: RoleGrant[];
  /** Every role of any grant. */
  roles: Role[];
  /** What a token for something else than the gateway granted last; null when the gateway's own word, `grants`, is newer. */
  askedAs: RoleGrant[] | null;
  firstSeenAt: string;
  lastSeenAt: string;
}

export function createPersonStore(units: Units): PersonStore {
  const currentMapping = createCurrentMapping();
  const get = (sub: string): Promise<Person | null> =>
    units.run(async (em) => {
      const row = await em.findOne(PersonEntity, { sub });
      if (row === null) return null;
      const person = toPerson(row, await currentMapping(em));
      return (await isRevoked(em, person)) ? { ...person, grants: [], roles: [], askedAs: [] } : person;
    });
  return {
    seen: (person) =>
      units.run(async (em) => {
        await em.execute(
          `${INSERT} on conflict (sub) do update set issuer = excluded.issuer, email = excluded.email,
             name = excluded.name, grants = excluded.grants, claims = excluded.claims,
             last_seen_at = excluded.last_seen_at, asked_as = null, asked_claims = null`,
          toColumns(person),
        );
      }),
    met: (person) =>
      units.run(async (em) => {
        await em.execute(
          `insert into person
             (sub, issuer, email, name, grants, claims, first_seen_at, last_seen_at, asked_as, asked_claims)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           on conflict (sub) do update set email = coalesce(person.email, excluded.email),
             name = coalesce(person.name, excluded.name), last_seen_at = excluded.last_seen_at,
             asked_as = excluded.asked_as, asked_claims = excluded.asked_claims`,
          [
            ...toColumns(person),
            JSON.stringify(person.grants),
            person.claims === undefined ? null : storedJson(person.claims),
          ],
        );
      }),
    get,
    find: async (ref) => {
      const known = await get(ref);
      if (known !== null) return known;
      const sub = await units.run(async (em) => {
        const [row] = await em.execute<{ sub: string }[]>(
          'select sub from person where lower(email) = lower(?) order by last_seen_at desc limit 1',
          [ref],
        );
        return row?.sub;
      });
      return sub === undefined ? null : get(sub);
    },
  };
}

/** Whoever's access is revoked is trusted with nothing, whatever tokens said of them before. */
async function isRevoked(em: EntityManager, { sub, email }: Person): Promise<boolean> {
  const subjects = [sub, sub.toLowerCase(), (email ?? sub).toLowerCase()];
  const rows = await em.execute<unknown[]>(`select 1 from revocation where kind = 'user' and subject in (?)`, [
    subjects,
  ]);
  return rows.length > 0;
}

const INSERT = `insert into person (sub, issuer, email, name, grants, claims, first_seen_at, last_seen_at)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

function toColumns({ sub, issuer, email, name, grants, claims }: PersonSighting): (string | Date | null)[] {
  const now = new Date(currentMs());
  const texts = [sub, issuer, storedText(email), storedText(name)];
  return [...texts, JSON.stringify(grants), claims === undefined ? null : storedJson(claims), now, now];
}

function toPerson(row: PersonEntity, mapping: AccessMapping | null): Person {
  const { sub, issuer, email, name, firstSeenAt, lastSeenAt } = row;
  const grantsBy = (claims: Claims | null, stored: readonly RoleGrant[]): RoleGrant[] =>
    mapping === null || claims === null ? z.array(RoleGrant).parse(stored) : mapping.accessOf(claims).grants;
  const grants = grantsBy(row.claims, row.grants);
  return {
    sub,
    issuer,
    email,
    name,
    grants,
    roles: allRoles({ grants }),
    askedAs: row.askedAs === null ? null : grantsBy(row.askedClaims, row.askedAs),
    firstSeenAt: toIsoTime(firstSeenAt),
    lastSeenAt: toIsoTime(lastSeenAt),
  };
}
