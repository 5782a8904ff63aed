import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type Options } from '@mikro-orm/postgresql';
import { ENTITIES } from './entities/index.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** Names the migrations a database has had. */
export const MIGRATION_TABLE = 'migration';

/** A statement that takes longer is cancelled by the server; every one of ours takes milliseconds. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** A server that does not even cancel hangs, or the way to it is cut without a word; it is given up this much later. */
const SILENT_AFTER_MS = 2_000;
/** How long a call waits for a free or new connection. */
const CONNECT_TIMEOUT_MS = 5_000;

/** A connection that is not used is kept so long: making one costs a handshake and a key derivation. */
const IDLE_TIMEOUT_MS = 60_000;

export interface OrmOptions {
  url: string;
  /** Connections at most. */
  poolMax: number;
  /** Default: 30 000. 0 for none. */
  statementTimeoutMs?: number;
}

/** Opens nothing yet: connections are made when they are needed. */
export function createOrm({ url, poolMax, statementTimeoutMs = STATEMENT_TIMEOUT_MS }: OrmOptions): MikroORM {
  return new MikroORM(ormConfig({ url, poolMax, statementTimeoutMs }));
}

function ormConfig({ url, poolMax, statementTimeoutMs }: Required<OrmOptions>): Options {
  return defineConfig({
    clientUrl: url,
    entities: ENTITIES,
    extensions: [Migrator],
    pool: { min: 1, max: poolMax, idleTimeoutMillis: IDLE_TIMEOUT_MS },
    driverOptions: {
      // MikroORM reads only host, port, user and name from a URL; the driver also reads `sslmode` and its files.
      connectionString: url,
      application_name: 'convoy',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + SILENT_AFTER_MS,
      keepAlive: true,
    },
    migrations: {
      migrationsList: MIGRATIONS,
      tableName: MIGRATION_TABLE,
      snapshot: false,
      allOrNothing: true,
      disableForeignKeys: false,
    },
    // Tables of numbers over time, and their parts: written and read as what they are, and described by their migration.
    schemaGenerator: { skipTables: [/^metric_/] },
    forceUtcTimezone: true,
    // Queries carry their values in the text, sealed credentials among them.
    debug: false,
    logger: () => {},
  });
}
