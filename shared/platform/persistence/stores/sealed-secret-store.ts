import { PlatformSecretEntity } from '../entities/platform-secret-entity.ts';
import type { Units } from '../units.ts';

/** Where sealed secrets are kept: the row's key is what names it, and `owner` the associated data it is sealed with. */
const PLACES = {
  credentials: { table: 'device_credential', key: 'device_id', owner: 'device_id', column: 'sealed' },
  'new logins': { table: 'credential_rotation', key: 'rotation_id', owner: 'device_id', column: 'sealed' },
  'former logins': { table: 'credential_rotation', key: 'rotation_id', owner: 'device_id', column: 'previous_sealed' },
  'platform secrets': { table: 'platform_secret', key: 'name', owner: 'name', column: 'sealed' },
} as const;

export type SealedPlace = keyof typeof PLACES;
export const SEALED_PLACES = Object.keys(PLACES) as readonly SealedPlace[];

export interface SealedSecret {
  key: string;
  /** Associated data. */
  owner: string;
  sealed: string;
}

/** Every secret that is sealed under a master key, wherever it is kept. */
export interface SealedSecretStore {
  /** How many secrets each master key seals; keys without any are absent. */
  counts(): Promise<{ place: SealedPlace; keyId: string; count: number }[]>;
  /** Secrets that another master key seals, in the order of their keys, behind `after`. */
  notUnder(keyId: string, page: { place: SealedPlace; after: string | null; limit: number }): Promise<SealedSecret[]>;
  /** Puts the same secret, sealed anew, in its place unless that was changed meanwhile; answers whether it was put. */
  reseal(place: SealedPlace, secret: SealedSecret, sealed: string): Promise<boolean>;
  /** The platform's own secret of that name; the first of several who make it at once wins. Answers the one that is kept. */
  platformSecret(name: string, make: () => string): Promise<string>;
}

/** The second part of a sealed text. */
const keyIdIn = (column: string): string => `split_part(${column}, '.', 2)`;

export function createSealedSecretStore(units: Units): SealedSecretStore {
  return {
    counts: () =>
      units.run(async (em) => {
        const found = [];
        for (const place of SEALED_PLACES) {
          const { table, column } = PLACES[place];
          const rows = await em.execute<{ key_id: string; count: string }[]>(
            `select ${keyIdIn(column)} as key_id, count(*) as count from ${table}
             where ${column} is not null group by 1 order by 1`,
          );
          found.push(...rows.map((row) => ({ place, keyId: row.key_id, count: Number(row.count) })));
        }
        return found;
      }),
    notUnder: (keyId, { place, after, limit }) =>
      units.run(async (em) => {
        const { table, key, owner, column } = PLACES[place];
        return em.execute<SealedSecret[]>(
          `select ${key} as key, ${owner} as owner, ${column} as sealed from ${table}
           where ${column} is not null and ${keyIdIn(column)} <> ? and ${key} > ? order by ${key} limit ?`,
          [keyId, after ?? '', limit],
        );
      }),
    reseal: (place, secret, sealed) =>
      units.run(async (em) => {
        const { table, key, column } = PLACES[place];
        const rows = await em.execute<unknown[]>(
          `update ${table} set ${column} = ? where ${key} = ? and ${column} = ? returning 1`,
          [sealed, secret.key, secret.sealed],
        );
        return rows.length === 1;
      }),
    platformSecret: (name, make) =>
      units.run(async (em) => {
        const kept = await em.findOne(PlatformSecretEntity, { name });
        if (kept !== null) return kept.sealed;
        await em.execute(
          'insert into platform_secret (name, sealed, created_at) values (?, ?, now()) on conflict (name) do nothing',
          [name, make()],
        );
        const row = await em.findOneOrFail(PlatformSecretEntity, { name });
        return row.sealed;
      }),
  };
}
