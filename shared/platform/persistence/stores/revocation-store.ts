import { RevocationEntity } from '../entities/revocation-entity.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/** People and tokens that are refused, whatever the identity provider says of them. */
export interface RevocationStore {
  /** Adds it; what is there already keeps its time and comment. Answers what is there. */
  add(revocation: Omit<Revocation, 'revokedAt'>): Promise<Revocation>;
  /** Whether it was there. */
  remove(key: RevocationKey): Promise<boolean>;
  /** All of them, newest first. */
  list(): Promise<Revocation[]>;
  /** Differs whenever the list has changed. */
  mark(): Promise<string>;
}

export interface RevocationKey {
  kind: 'user' | 'token';
  /** Of a user the subject or the e-mail address in lower case; of a token its `jti` or its SHA-256 as base64url. */
  subject: string;
}

export interface Revocation extends RevocationKey {
  comment: string;
  /** Subject of the administrator. */
  revokedBy: string;
  revokedAt: string;
}

export function createRevocationStore(units: Units): RevocationStore {
  return {
    add: ({ kind, subject, comment, revokedBy }) =>
      units.run(async (em) => {
        await em.execute(
          `insert into revocation (kind, subject, comment, revoked_by, revoked_at) values (?, ?, ?, ?, clock_timestamp())
           on conflict do nothing`,
          [kind, subject, storedText(comment), revokedBy],
        );
        return toRevocation(await em.findOneOrFail(RevocationEntity, { kind, subject }));
      }),
    remove: ({ kind, subject }) =>
      units.run(async (em) => {
        return (await em.nativeDelete(RevocationEntity, { kind, subject })) > 0;
      }),
    list: () =>
      units.run(async (em) => {
        const rows = await em.find(RevocationEntity, {}, { orderBy: { revokedAt: 'desc', subject: 'asc' } });
        return rows.map(toRevocation);
      }),
    mark: () =>
      units.run(async (em) => {
        const [row] = await em.execute<{ mark: string }[]>(
          `select md5(coalesce(string_agg(kind || subject || revoked_at::text, ' ' order by kind, subject), '')) as mark
             from revocation`,
        );
        return row?.mark ?? '';
      }),
  };
}

function toRevocation({ kind, subject, comment, revokedBy, revokedAt }: RevocationEntity): Revocation {
  return { kind, subject, comment, revokedBy, revokedAt: toIsoTime(revokedAt) };
}
