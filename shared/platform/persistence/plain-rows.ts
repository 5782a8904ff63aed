import type { EntitySchema, InferEntity } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * Rows of an entity as plain data, by a condition in SQL, without identity map, change tracking or query builder: a tenth
 * of the time of `find`, for the look-up that every call makes. Columns follow the entity's own declaration.
 */
export async function plainRows<Entity extends EntitySchema>(
  em: EntityManager,
  entity: Entity,
  condition: string,
  values: readonly unknown[],
): Promise<InferEntity<Entity>[]> {
  const { tableName, props } = em.getMetadata().get(entity);
  const rows = await em.execute<Record<string, unknown>[]>(`select * from "${tableName}" where ${condition}`, [
    ...values,
  ]);
  return rows.map(
    (row) =>
      Object.fromEntries(
        props.map(({ name, fieldNames, runtimeType }) => {
          const value = row[fieldNames[0] ?? name];
          return [name, runtimeType === 'Date' && typeof value === 'string' ? new Date(value) : value];
        }),
      ) as InferEntity<Entity>,
  );
}
