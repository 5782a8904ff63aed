import { z } from 'zod';
import type { RouterValues } from '../domain/change.ts';
import { canonicalAddress, canonicalHost, canonicalHostName } from './addresses.ts';
import { clipText } from './device-text.ts';
import { parsePrefix } from './prefixes.ts';

/** Names that a router answers, forwards or blocks itself; ordered, for the first pattern that matches answers. */
export const DNS_STATIC_MENU = '/ip/dns/static';

/** Types of records with at most one value. */
export const DnsRecordType = z.enum(['A', 'AAAA', 'CNAME', 'FWD', 'NS', 'NXDOMAIN', 'TXT']);
export type DnsRecordType = z.infer<typeof DnsRecordType>;

/** The field that holds what is answered; NXDOMAIN has none. */
export const VALUE_FIELD_OF: Readonly<Partial<Record<DnsRecordType, string>>> = {
  A: 'address',
  AAAA: 'address',
  CNAME: 'cname',
  FWD: 'forward-to',
  NS: 'ns',
  TXT: 'text',
};

/** All that a record of any type can hold. */
export const STATIC_RECORD_FIELDS = [
  'name',
  'regexp',
  'type',
  ...new Set(Object.values(VALUE_FIELD_OF)),
  'mx-exchange',
  'mx-preference',
  'srv-target',
  'srv-port',
  'srv-priority',
  'srv-weight',
  'ttl',
  'match-subdomain',
  'address-list',
  'disabled',
  'dynamic',
  'comment',
] as const;

/** Whose values, with the name, no two enabled records share. */
const KEY_FIELDS = ['name', 'regexp', 'address', 'cname', 'forward-to', 'ns', 'text', 'mx-exchange', 'srv-target'];

/** What names a record. The type only where nothing else tells: routers of some versions do not show it of addresses. */
export function dnsRecordKey(row: RouterValues): RouterValues {
  const fields = row['type'] === 'NXDOMAIN' ? [...KEY_FIELDS, 'type'] : KEY_FIELDS;
  return Object.fromEntries(fields.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]]])));
}

/** The type of a row; older versions leave that of addresses out. */
export function dnsTypeOf({ type, address }: RouterValues): string {
  return type ?? (address?.includes(':') ? 'AAAA' : 'A');
}

/** In lower case and without the dot at the end: names that are equal for whoever asks. */
export function canonicalRecordName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a canonical name can be that of a record: a host name, whose labels may also have underscores. */
export function isRecordName(name: string): boolean {
  return name.split('.').every((label) => /^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/.test(label));
}

/** Why a value does not go with the type, as a sentence; null when it does. */
export function dnsValueProblem(type: DnsRecordType, value: string): string | null {
  const given = JSON.stringify(value.slice(0, 64));
  const family = parsePrefix(canonicalAddress(value) ?? '')?.family;
  if (type === 'A') return family === 4 ? null : `${given} is not an IPv4 address`;
  if (type === 'AAAA') return family === 6 ? null : `${given} is not an IPv6 address`;
  if (type === 'CNAME' || type === 'NS')
    return canonicalHostName(value) === null ? `${given} is not a host name` : null;
  if (type === 'FWD')
    return canonicalHost(value) === null ? `${given} is not a server or the name of a forwarder` : null;
  return clipText(value, value.length) === value ? null : `${given} contains characters that cannot be printed`;
}

/** Names that have nothing in common but being names. */
const UNLIKE_NAMES = ['x', 'convoy.example', '0-1.test', 'q.w.e.invalid'];

/** Whether a pattern takes in names that have nothing in common; false of patterns that cannot be tried here. */
export function matchesEveryName(pattern: string): boolean {
  try {
    const regexp = new RegExp(pattern);
    return UNLIKE_NAMES.every((name) => regexp.test(name));
  } catch {
    return false;
  }
}
