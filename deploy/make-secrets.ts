/**
 * Makes the secrets of a deployment in one folder, each once: what is there stays as it is.
 * `node deploy/make-secrets.ts` fills deploy/secrets for deploy/compose.yml, and
 * `node deploy/make-secrets.ts --folder /etc/convoy/secrets --database 127.0.0.1:5432` a folder for the systemd units.
 */
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, parseEnv } from 'node:util';
import { ensureFile, ensureSecretFile } from '../cli/stack/secret-file.ts';
import { ensureSigningKey } from '../cli/stack/signing-key.ts';

/** Files of the folder, by what they are for. All are 0600 but the key set, which is public and read by another user. */
export const SECRET_FILES = {
  signingKey: 'platform-es256.pem',
  keySet: 'platform-jwks.json',
  masterKey: 'master-key',
  cookieSecret: 'cookie-secret',
  postgresEnv: 'postgres.env',
  temporalEnv: 'temporal.env',
  convoyEnv: 'convoy.env',
  ownerEnv: 'convoy-owner.env',
} as const;

/** Makes what is missing in the folder, with the database's passwords agreeing between the files. */
export async function makeSecrets({ folder, database }: { folder: string; database: string }): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => path.join(folder, name);
  const { jwksFile } = await ensureSigningKey(folder);
  await chmod(jwksFile, 0o644);
  await ensureSecretFile(at(SECRET_FILES.masterKey));
  await ensureSecretFile(at(SECRET_FILES.cookieSecret));
  const passwords = parseEnv(await ensureFile(at(SECRET_FILES.postgresEnv), newPasswords));
  await ensureFile(at(SECRET_FILES.temporalEnv), async () => `SQL_PASSWORD=${passwords['TEMPORAL_DB_PASSWORD']}\n`);
  await ensureFile(
    at(SECRET_FILES.convoyEnv),
    async () => `CONVOY_POSTGRES_URL=postgres://convoy:${passwords['CONVOY_DB_PASSWORD']}@${database}/convoy\n`,
  );
  const ownerPassword = passwords[OWNER_PASSWORD] ?? (await addPassword(at(SECRET_FILES.postgresEnv), OWNER_PASSWORD));
  await ensureFile(
    at(SECRET_FILES.ownerEnv),
    async () => `CONVOY_POSTGRES_OWNER_URL=postgres://convoy_owner:${ownerPassword}@${database}/convoy\n`,
  );
}

const OWNER_PASSWORD = 'CONVOY_OWNER_DB_PASSWORD';

async function newPasswords(): Promise<string> {
  return ['POSTGRES_PASSWORD', 'TEMPORAL_DB_PASSWORD', 'CONVOY_DB_PASSWORD', OWNER_PASSWORD]
    .map((name) => `${name}=${newPassword()}\n`)
    .join('');
}

/** To the passwords of a deployment that was set up before there was this one. */
async function addPassword(file: string, name: string): Promise<string> {
  const password = newPassword();
  await appendFile(file, `${name}=${password}\n`);
  return password;
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: fileURLToPath(new URL('secrets', import.meta.url)) },
      database: { type: 'string', default: 'postgres:5432' },
    },
  });
  const folder = path.resolve(values.folder);
  await makeSecrets({ folder, database: values.database });
  console.log(`The secrets are in ${folder}. Keep a copy of master-key: without it no stored router password opens.`);
}
