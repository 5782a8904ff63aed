import { TableNotFoundException } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { MIGRATIONS } from './migrations/index.ts';
import { MIGRATION_TABLE } from './orm.ts';
import { AppError } from '../../errors/app-error.ts';

/** Fails with INVALID_CONFIGURATION when the database lacks a migration this program needs; changes nothing. */
export async function demandMigrations(em: EntityManager): Promise<void> {
  const applied = await appliedMigrations(em);
  const missing = MIGRATIONS.map(({ name }) => name).filter((name) => !applied.has(name));
  if (missing.length === 0) return;
  throw new AppError('INVALID_CONFIGURATION', {
    message: `The database lacks the migrations ${missing.join(', ')}.`,
    hint: 'Run "convoy migrate".',
    details: { missing },
  });
}

async function appliedMigrations(em: EntityManager): Promise<Set<string>> {
  try {
    const rows = await em.execute<{ name: string }[]>(`select name from ${MIGRATION_TABLE}`);
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (error instanceof TableNotFoundException) return new Set();
    throw error;
  }
}
