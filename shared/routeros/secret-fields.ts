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
  '/snmp/community': new Set(['name']),
  '/system/script/environment': new Set(['value']),
};

/** What stands in place of a secret. */
export const REDACTED = '***';

export function isSecretField(menu: string, field: string): boolean {
  // Profile overrides carry the profile's name in front: `security.passphrase`.
  const bare = field.slice(field.lastIndexOf('.') + 1);
  return SECRET_FIELDS.has(bare) || (MENU_SECRET_FIELDS[menu]?.has(field) ?? false);
}

/** The record with its secrets replaced; flags (`private-key: "true"` of a certificate) and unset ones stay. */
export function redactRecord(menu: string, record: RouterRecord): RouterRecord {
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => [
      field,
      isSecretField(menu, field) && !HARMLESS.has(value ?? '') ? REDACTED : value,
    ]),
  );
}

/** Text such as a log line, with the values of assignments to secret fields replaced (`password=hunter2`). */
export function redactText(text: string): string {
  return text.replace(ASSIGNMENT, `$1=${REDACTED}`);
}

const HARMLESS = new Set(['', 'true', 'false', 'none']);
const ASSIGNMENT = new RegExp(
  `\\b(${[...SECRET_FIELDS, 'token', 'new-password', 'old-password'].join('|')})=(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s,;)\\]]+)`,
  'gi',
);
