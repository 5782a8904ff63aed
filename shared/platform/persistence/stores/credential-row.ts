import type { EntityManager } from '@mikro-orm/postgresql';

/** Puts a login in the place of the one before, in the caller's transaction, and counts it. */
export async function putCredential(em: EntityManager, deviceId: string, sealed: string): Promise<void> {
  await em.execute(
    `insert into device_credential (device_id, sealed, updated_at) values (?, ?, now())
     on conflict (device_id) do update
     set sealed = excluded.sealed, generation = device_credential.generation + 1, updated_at = excluded.updated_at`,
    [deviceId, sealed],
  );
}
