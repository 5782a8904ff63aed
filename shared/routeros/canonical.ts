import { PRESENCE_FLAGS } from '../domain/say-value.ts';
import { canonicalIpv6, parseIpv4 } from './ip-text.ts';
import type { RouterRecord } from './router.ts';

/**
 * The one form of a value under which two spellings of the same setting are equal: `yes` and `true`, `90s` and `1m30s`,
 * `10.0.0.1/32` and `10.0.0.1`, `10M/5M` and `10000000/5000000`. For comparing only, never for sending. What people
 * write freely (names, comments, scripts) stays as it is.
 */
export function canonicalValue(field: string, text: string): string {
  if (isFreeText(field)) return text;
  if (SET_FIELDS.has(field)) return canonicalSet(field, text);
  if (field === 'vlan-ids' || field === 'vlan-id') return canonicalNumbers(text);
  if (RATE_FIELDS.has(field)) return pairOf(text, canonicalRate);
  if (isDuration(field)) return pairOf(text, canonicalDuration);
  if (field === 'start-date') return canonicalDate(text);
  if (text === NOT_SET[field]) return '';
  return text
    .split(',')
    .map((member) => canonicalMember(member.trim()))
    .join(',');
}

/** Whether two values of a field mean the same; an absent key is an empty value, and a flag that is off. */
export function sameValue(field: string, a: string | undefined, b: string | undefined): boolean {
  if (PRESENCE_FLAGS.has(field)) return isPresent(a) === isPresent(b);
  const [left, right] = [a ?? '', b ?? ''];
  if (left === right) return true;
  const [canonicalLeft, canonicalRight] = [canonicalValue(field, left), canonicalValue(field, right)];
  if (canonicalLeft === canonicalRight) return true;
  return !isFreeText(field) && isOff(a, canonicalLeft) && isOff(b, canonicalRight);
}

function isPresent(text: string | undefined): boolean {
  return text !== undefined && canonicalMember(text) !== 'false';
}

/** Whether a record holds all these values, whatever way they are written. */
export function holdsValues(record: RouterRecord, values: Readonly<Record<string, string | null>>): boolean {
  return Object.entries(values).every(([field, value]) => sameValue(field, record[field], value ?? undefined));
}

/** Absent, or spelled out: routers show some flags only when they are on. */
function isOff(given: string | undefined, canonical: string): boolean {
  return given === undefined || canonical === 'false';
}

function canonicalMember(text: string): string {
  if (text.startsWith('!')) return `!${canonicalMember(text.slice(1))}`;
  if (text === 'yes' || text === 'true') return 'true';
  if (text === 'no' || text === 'false') return 'false';
  if (/^([\da-f]{2}:){5}[\da-f]{2}$/i.test(text)) return text.toUpperCase();
  if (/^0x[\da-f]{1,8}$/i.test(text)) return String(Number(text));
  return canonicalPrefix(text) ?? text;
}

/** An address with the length of its prefix; a host's own length is left out, as address lists print it. */
function canonicalPrefix(text: string): string | null {
  const [address = '', length, ...more] = text.split('/');
  if (more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const ipv4 = parseIpv4(address)?.join('.');
  const canonical = ipv4 ?? canonicalIpv6(address);
  if (canonical === null) return null;
  const hostLength = ipv4 === undefined ? 128 : 32;
  return length === undefined || Number(length) === hostLength ? canonical : `${canonical}/${Number(length)}`;
}

/** Members whose order means nothing; policies that are not granted (`!write`) are the same as left out. */
function canonicalSet(field: string, text: string): string {
  const members = text
    .split(',')
    .map((member) => canonicalMember(member.trim()))
    .filter((member) => member !== '' && !(field === 'policy' && member.startsWith('!')));
  return [...new Set(members)].sort().join(',');
}

/** `30,10-12,13` as the single numbers in order, cut into runs: `10-13,30`. */
function canonicalNumbers(text: string): string {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part);
    if (!match) return text;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (from > to) return text;
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  const runs: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

function canonicalRate(text: string): string {
  const match = /^(\d{1,12})([kMG])?$/.exec(text);
  return match ? String(Number(match[1]) * FACTOR[(match[2] ?? '') as keyof typeof FACTOR]) : text;
}

/** Whole microseconds; words such as `none` and other texts as they are. */
function canonicalDuration(text: string): string {
  if (/^\d{1,12}$/.test(text)) return `${BigInt(text) * 1_000_000n}us`;
  const clock = /^(?:(\d{1,6})w)?(?:(\d{1,6})d)?\s*(\d{1,4}):(\d{2}):(\d{2})$/.exec(text);
  if (clock) {
    const [weeks, days, hours, minutes, seconds] = clock.slice(1).map((part) => BigInt(part ?? 0));
    const total = (((weeks! * 7n + days!) * 24n + hours!) * 60n + minutes!) * 60n + seconds!;
    return `${total * 1_000_000n}us`;
  }
  if (!/^(\d{1,12}(ms|us|w|d|h|m|s))+$/.test(text)) return text;
  let total = 0n;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|us|w|d|h|m|s)/g)) {
    total += BigInt(amount!) * MICROSECONDS[unit as keyof typeof MICROSECONDS];
  }
  return `${total}us`;
}

/** Builds before 7.10 write `sep/27/2026`. */
function canonicalDate(text: string): string {
  const match = /^([a-z]{3})\/(\d{2})\/(\d{4})$/i.exec(text);
  const month = MONTHS.indexOf((match?.[1] ?? '').toLowerCase());
  return match && month >= 0 ? `${match[3]}-${String(month + 1).padStart(2, '0')}-${match[2]}` : text;
}

/** Values of queues come in pairs, upload before download. */
function pairOf(text: string, canonical: (part: string) => string): string {
  return text.split('/').map(canonical).join('/');
}

function isFreeText(given: string): boolean {
  // Settings that override a profile carry its kind in front: `configuration.ssid`.
  const field = given.slice(given.lastIndexOf('.') + 1);
  return FREE_TEXT.has(field) || /(^|-)(name|list|comment|mark|script|password|prefix)$/.test(field);
}

function isDuration(field: string): boolean {
  return /(^|-)(time|timeout|interval|ttl|delay|age|lifetime)$/.test(field);
}

const FREE_TEXT: ReadonlySet<string> = new Set([
  'chain',
  'cname',
  'contact',
  'contents',
  'content',
  'domain',
  'group',
  'interface',
  'key',
  'layer7-protocol',
  'list',
  'location',
  'message',
  'note',
  'on-event',
  'passphrase',
  'profile',
  'regexp',
  'server',
  'source',
  'ssid',
  'text',
  'user',
]);

const SET_FIELDS: ReadonlySet<string> = new Set([
  'advertise',
  'connection-nat-state',
  'connection-state',
  'dst-address-type',
  'policy',
  'src-address-type',
  'tagged',
  'tcp-flags',
  'topics',
  'untagged',
]);

/** Words that some versions print in a field that is not set. */
const NOT_SET: Readonly<Record<string, string>> = { 'next-pool': 'none' };

/** Bits per second, upload and download. */
const RATE_FIELDS: ReadonlySet<string> = new Set([
  'burst-limit',
  'burst-threshold',
  'limit-at',
  'max-limit',
  'total-limit-at',
  'total-max-limit',
]);

const FACTOR = { '': 1, k: 1e3, M: 1e6, G: 1e9 } as const;
const MICROSECONDS = {
  w: 604_800_000_000n,
  d: 86_400_000_000n,
  h: 3_600_000_000n,
  m: 60_000_000n,
  s: 1_000_000n,
  ms: 1_000n,
  us: 1n,
} as const;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
