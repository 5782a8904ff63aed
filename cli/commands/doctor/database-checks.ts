import path from 'node:path';
import { AppError } from '../../../shared/errors/app-error.ts';
import { open } from '../../../shared/platform/encryption/envelope.ts';
import { loadKeyring } from '../../../shared/platform/encryption/keyring.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import type { ProcessClock } from '../../../shared/platform/persistence/stores/clock-store.ts';
import { isOff, sayOffset } from '../../../shared/platform/process/platform-clock.ts';
import { fine, wrong, type Check, type Finding } from './finding.ts';
import { NOT_SET, type Surroundings } from './surroundings.ts';

/** Longest difference between two clocks that disturbs nobody, seconds: tokens are good from a moment on, and for minutes. */
export const LONGEST_SKEW_SECONDS = 5;

/** Of the database: whether it can be used, what its clock says, whether it is up to date, and whether the keys fit what it holds. */
export const DATABASE_CHECKS: readonly Check[] = [
  { name: 'PostgreSQL', check: checkPostgres },
  { name: 'schema', check: (surroundings) => onDatabase(surroundings, checkSchema) },
  { name: 'clock of PostgreSQL', check: (surroundings) => onDatabase(surroundings, checkClock) },
  { name: 'clocks of processes', check: (surroundings) => onDatabase(surroundings, checkClocks) },
  {
    name: 'master keys',
    check: (surroundings) => onDatabase(surroundings, (database) => checkKeys(database, surroundings)),
  },
];

async function checkPostgres({ postgresUrl }: Surroundings): Promise<Finding> {
  if (postgresUrl === undefined) return wrong('No database is known.', `${NOT_SET} CONVOY_POSTGRES_URL.`);
  const { host } = new URL(postgresUrl);
  try {
    return await withDatabase(postgresUrl, async (database) => {
      const { isReadOnly } = await database.condition();
      if (!isReadOnly) return fine(`PostgreSQL at ${host} answers and takes writes.`);
      return wrong(
        `PostgreSQL at ${host} is read-only.`,
        'Point CONVOY_POSTGRES_URL at the primary, or end what made it read-only.',
      );
    });
  } catch (error) {
    return wrong(
      `PostgreSQL at ${host} cannot be used: ${said(error)}`,
      hintOf(error) ?? 'Check that it runs and that user and password are right.',
    );
  }
}

/** One that lacks a migration is not opened at all. */
async function checkSchema(database: Database): Promise<Finding> {
  const { schema } = await database.condition();
  return fine(`Has every migration that this version knows; the newest is ${schema}.`);
}

async function checkClock(database: Database): Promise<Finding> {
  const before = Date.now();
  const theirsMs = await database.clockMs();
  return skewOf('PostgreSQL', theirsMs, (before + Date.now()) / 2);
}

/** What processes told lately; one that ended a minute ago is among them. */
async function checkClocks(database: Database): Promise<Finding> {
  return sayClocks(await database.clocks.list(CLOCKS_WITHIN_SECONDS));
}

const CLOCKS_WITHIN_SECONDS = 60;

export function sayClocks(clocks: readonly ProcessClock[]): Finding {
  const off = clocks.filter(({ offsetMs }) => isOff(offsetMs));
  if (clocks.length === 0) return fine('No process told lately what its clock says.');
  if (off.length === 0) return fine(`The clocks of all ${clocks.length} processes agree with that of PostgreSQL.`);
  return wrong(
    off.map(({ process, offsetMs }) => `${process}: ${sayOffset(offsetMs)}`).join(' '),
    'Set the clocks of these machines, and have them keep their time by NTP. Until then Convoy goes by PostgreSQL’s.',
  );
}

/** A difference between another clock and this one. */
export function skewOf(whose: string, theirsMs: number, oursMs: number): Finding {
  const seconds = Math.round(Math.abs(theirsMs - oursMs) / 100) / 10;
  const says = `The clock of ${whose} is ${seconds} s ${theirsMs < oursMs ? 'behind' : 'ahead of'} this machine's.`;
  if (seconds <= LONGEST_SKEW_SECONDS) return fine(says);
  return wrong(says, 'Have all machines keep their time by NTP: tokens, sessions and leases are good for minutes.');
}

async function checkKeys(database: Database, { config, home }: Surroundings): Promise<Finding> {
  const { masterKey, masterKeyFile, masterKeyCommand } = config;
  const isGiven = [masterKey, masterKeyFile, masterKeyCommand].some((source) => source !== undefined);
  const keyring = await loadKeyring(isGiven ? config : { masterKeyFile: path.join(home.keysDir, 'master-key') });
  const counts = await database.secrets.counts();
  const missing = counts.filter(({ keyId }) => !keyring.ids.includes(keyId)).map(({ keyId }) => keyId);
  if (missing.length > 0) {
    return wrong(
      `Secrets are sealed under ${missing.join(', ')}, which is not among the keys at hand (${keyring.ids.join(', ')}).`,
      'Put it back behind the first key: docs/runbooks/a-master-key-is-missing.md.',
    );
  }
  const tried = counts.map(({ place }) => place)[0];
  // One of each place and key would do; the first tells a key of the right name and the wrong bytes.
  const [secret] =
    tried === undefined ? [] : await database.secrets.notUnder('', { place: tried, after: null, limit: 1 });
  if (secret === undefined) return fine('Nothing is sealed yet.');
  try {
    open(keyring, secret.sealed, secret.owner);
    return fine(`The keys ${keyring.ids.join(', ')} open what is stored; ${keyring.first.id} seals.`);
  } catch {
    return wrong(
      'A key has the right name and is not the one that sealed what is stored.',
      'Give the key of that time under its id: docs/runbooks/a-master-key-is-missing.md.',
    );
  }
}

async function onDatabase(
  { postgresUrl }: Surroundings,
  check: (database: Database) => Promise<Finding>,
): Promise<Finding> {
  if (postgresUrl === undefined) return wrong('No database is known.', `${NOT_SET} CONVOY_POSTGRES_URL.`);
  try {
    return await withDatabase(postgresUrl, check);
  } catch (error) {
    return wrong(said(error), hintOf(error) ?? 'Repair what the check of PostgreSQL names first.');
  }
}

async function withDatabase<T>(url: string, use: (database: Database) => Promise<T>): Promise<T> {
  // Loaded only here: it takes longer than everything else together.
  const { openDatabase } = await import('../../../shared/platform/persistence/database.ts');
  const database = await openDatabase({ url, poolMax: 1 });
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hintOf(error: unknown): string | undefined {
  return error instanceof AppError ? error.hint : undefined;
}
