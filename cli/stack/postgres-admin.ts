import { MikroORM } from '@mikro-orm/postgresql';

/** Runs SQL statements one by one, outside transactions, on the database that the URL names. */
export async function executeSql(url: string, statements: readonly string[]): Promise<unknown[]> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: 1 },
  });
  try {
    const results: unknown[] = [];
    for (const statement of statements) results.push(await orm.em.getConnection().execute(statement));
    return results;
  } finally {
    await orm.close(true);
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Creates an empty database owned by the role `owner`; the URL is an administrator's. Returns nothing. */
export async function createDatabase(adminUrl: string, name: string, owner: string): Promise<void> {
  await executeSql(adminUrl, [`create database ${quoteName(name)} owner ${quoteName(owner)}`]);
}

/** Drops a database and cuts whoever is still connected to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await executeSql(adminUrl, [`drop database if exists ${quoteName(name)} with (force)`]);
}

/** An SQL identifier in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** An SQL string in single quotes. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
