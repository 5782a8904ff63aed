import type { RouterRecord } from './router.ts';

/** Fields that hold a secret in whatever menu they are found. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'auth-key',
  'authentication-password',
  'eap-password',
  'encryption-password',
  'ipsec-secret',
  'mschapv2-password',
  'passphrase',
  'password',
  'pre-shared-key',
  'preshared-key',
  'private-key',
  'private-pre-shared-key',
  'remote-access-key',
  'secret',
  'static-key-0',
  'static-key-1',
  'static-key-2',
  'static-key-3',
  'static-sta-private-key',
  'supplicant-password',
  'tcp-md5-key',
  'trap-community',
  'wpa-pre-shared-key',
  'wpa2-pre-shared-key',
]);

/** Fields that hold a secret in one menu only: an SNMP community is a password in a field called `name`. */
export const MENU_SECRET_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  '/container/envs': new Set(['value']),
  '/snmp/community': new Set(['name']),
  '/system/script/environment': new Set(['value']),
};

/** What stands in place of a secret. */
export const REDACTED = '***';

export function isSecretField(menu: string, field: string): boolean {
  return isSecretAnywhere(field) || (MENU_SECRET_FIELDS[menu]?.has(field) ?? false);
}

function isSecretAnywhere(field: string): boolean {
  if (ORDINARY_FIELDS.has(field)) return false;
  if (SECRET_FIELDS.has(field)) return true;
  // Profile overrides carry the profile's name in front: `security.passphrase`.
  const dot = field.lastIndexOf('.');
  if (dot !== -1 && SECRET_FIELDS.has(field.slice(dot + 1))) return true;
  if (ORDINARY_FIELDS.size < MOST_ORDINARY_FIELDS) ORDINARY_FIELDS.add(field);
  return false;
}

/** Fields found to hold no secret, so that those of a table with thousands of rows are looked at once. */
const ORDINARY_FIELDS = new Set<string>();
const MOST_ORDINARY_FIELDS = 2_000;

/** The record with its secrets replaced; flags (`private-key: "true"` of a certificate) and unset ones stay. */
export function redactRecord(menu: string, record: RouterRecord): RouterRecord {
  // Most records have none, and tables may have thousands: those are not copied.
  if (!hasSecret(menu, record)) return record;
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => [
      field,
      isSecretField(menu, field) && !HARMLESS.has(value ?? '') ? REDACTED : value,
    ]),
  );
}

function hasSecret(menu: string, record: RouterRecord): boolean {
  const ofMenu = MENU_SECRET_FIELDS[menu];
  for (const field in record) if (isSecretAnywhere(field) || ofMenu?.has(field)) return true;
  return false;
}

const HARMLESS = new Set(['', 'true', 'false', 'none']);
