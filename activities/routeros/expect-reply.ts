import { AppError } from '../../shared/errors/app-error.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';

/** The reply as the record of a singleton menu; DEVICE_REPLY_INVALID when it is something else or another menu's. */
export function expectRecord(body: unknown, menu: string): RouterRecord {
  const record = toRecord(body, menu);
  const missing = KEYS_OF_MENU[menu]?.find((key) => record[key] === undefined);
  if (missing !== undefined) throw invalid(menu, `a record with "${missing}"`);
  return record;
}

/** The reply as the rows of a list menu; every row carries its `.id`. */
export function expectRows(body: unknown, menu: string): RouterRecord[] {
  const rows = toRows(body, menu);
  if (rows.some((row) => row['.id'] === undefined)) throw invalid(menu, 'rows with ".id"');
  return rows;
}

/** The reply as records, such as those of a command. */
export function toRows(body: unknown, menu: string): RouterRecord[] {
  if (!Array.isArray(body)) throw invalid(menu, 'a list');
  return body.map((row: unknown) => toRecord(row, menu));
}

/** RouterOS prints every value as text; a scalar of another type is taken as its text, anything deeper is left out. */
export function toRecord(body: unknown, menu: string): RouterRecord {
  if (!isObject(body)) throw invalid(menu, 'a record');
  // Large tables have tens of thousands of values, all of them text: they are not copied.
  if (holdsOnlyText(body)) return body;
  return Object.fromEntries(
    Object.entries(body).flatMap(([key, value]) => {
      if (typeof value === 'string') return [[key, value]];
      return typeof value === 'number' || typeof value === 'boolean' ? [[key, String(value)]] : [];
    }),
  );
}

function holdsOnlyText(body: Record<string, unknown>): body is Record<string, string> {
  for (const key in body) if (typeof body[key] !== 'string') return false;
  return true;
}

/**
 * In the first seconds after boot a router may answer with another menu's body; these keys, which every version has, tell
 * the bodies apart.
 */
const KEYS_OF_MENU: Readonly<Record<string, readonly string[]>> = {
  '/ip/dns': ['servers', 'allow-remote-requests'],
  '/ip/settings': ['rp-filter'],
  '/ipv6/settings': ['disable-ipv6'],
  '/snmp': ['enabled', 'trap-version'],
  '/system/clock': ['date', 'time'],
  '/system/identity': ['name'],
  '/system/ntp/client': ['enabled'],
  '/system/ntp/server': ['enabled', 'broadcast'],
  '/system/package/update': ['channel'],
  '/system/resource': ['version', 'uptime'],
};

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function invalid(menu: string, expected: string): AppError {
  return new AppError('DEVICE_REPLY_INVALID', {
    message: `The device answered something other than ${expected} for ${menu}.`,
    details: { menu },
  });
}
