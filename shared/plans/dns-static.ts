import { z } from 'zod';
import type { RouterValues, Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { AppError } from '../errors/app-error.ts';
import { CommentInput } from '../operations/comment-input.ts';
import { listAtMost } from '../operations/list-at-most.ts';
import { sameValue } from '../routeros/canonical.ts';
import {
  canonicalRecordName,
  DNS_STATIC_MENU,
  dnsRecordKey,
  DnsRecordType,
  dnsTypeOf,
  dnsValueProblem,
  isRecordName,
  matchesEveryName,
  STATIC_RECORD_FIELDS,
  VALUE_FIELD_OF,
} from '../routeros/dns-records.ts';
import { isDynamic } from '../routeros/row-key.ts';
import { toBoolean } from '../routeros/values.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';

const MOST_RECORDS = 200;
const WEEK_SECONDS = 604_800;
const FLAGS: ReadonlySet<string> = new Set(['disabled', 'match-subdomain']);

const WantedRecord = z.strictObject({
  name: z.string().min(1).max(253).overwrite(canonicalRecordName).optional().describe('Such as "files.lan"'),
  regexp: z.string().min(1).max(255).optional().describe('In place of a name: a pattern that names match'),
  type: DnsRecordType.describe('FWD forwards to a server, NXDOMAIN answers that there is no such name'),
  value: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Address, target, text, or the server to forward to; with state "absent" only the record that holds it'),
  ttlSeconds: z.int().min(1).max(WEEK_SECONDS).optional().describe('Left out: a record that is there keeps its own'),
  matchSubdomain: z.boolean().optional().describe('Also names below it'),
  comment: CommentInput.optional().describe('Left out: a record that is there keeps its own; "" takes it away'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it shall be there'),
});
type WantedRecord = z.output<typeof WantedRecord>;

const Input = z.strictObject({
  records: z
    .array(WantedRecord)
    .min(1, 'give at least one record')
    .max(MOST_RECORDS, `at most ${MOST_RECORDS} records are allowed`)
    .describe('The records to add, change or remove, each named by its name or regexp and its type; others stay'),
});
type Input = z.output<typeof Input>;

/** A record that is there, and the one behind it: their order decides which pattern answers. */
const HeldRecord = z.strictObject({
  row: z.record(z.string(), z.string()),
  /** Where a record that is removed stood: null at the end. */
  next: z.record(z.string(), z.string()).nullable(),
});
type HeldRecord = z.output<typeof HeldRecord>;

export const dnsStatic = definePlan({
  kind: 'dns_static',
  title: 'Static DNS records',
  summary: 'Proposes static DNS records to add, change or remove on a set of routers; records not named stay.',
  phase: 3,
  paths: [DNS_STATIC_MENU],
  input: Input,
  refuse: ({ records }) => inputProblem(records),
  current: z.strictObject({ records: z.array(HeldRecord) }),
  capture: async (router, { input }) => {
    const hint = 'Change records of a router with so many of them at the router.';
    const rows = await listAtMost(router, DNS_STATIC_MENU, { fields: STATIC_RECORD_FIELDS, only: {}, hint });
    const configured = rows.filter((row) => !isDynamic(row)).map(valuesOf);
    const wanted = new Set(input.records.map(subjectOf));
    const records = configured.map((row, index) => ({ row, next: configured[index + 1] ?? null }));
    return { records: records.filter(({ row }) => wanted.has(subjectOf(row))) };
  },
  steps: ({ records: held }, { records }) => {
    assertNoConflict(held, records);
    const pairs = records.map((wanted) => ({ wanted, found: recordOf(held, wanted) }));
    const present = pairs.filter(({ wanted }) => wanted.state === 'present');
    const changes = present.flatMap(({ wanted, found }) => (found === null ? [] : changeOf(found.row, wanted)));
    return [
      ...present.flatMap(({ wanted, found }) => (found === null ? [additionOf(wanted)] : [])),
      ...changes,
      ...held
        .filter((one) => pairs.some(({ wanted, found }) => wanted.state === 'absent' && found === one))
        .map((one) => removalOf(one, changes)),
    ];
  },
  risk: assessRisk,
  example: { records: [{ name: 'files.lan', type: 'A', value: '192.0.2.10', comment: 'file server' }] },
});

/** Of a row only what can be written, without what is not set; flags that are off are not always shown. */
function valuesOf(row: Readonly<Record<string, string | undefined>>): RouterValues {
  const fields = STATIC_RECORD_FIELDS.filter((field) => field !== 'dynamic');
  const values = fields.flatMap((field): [string, string][] => {
    const value = row[field];
    const isOff = value === undefined || value === '' || (FLAGS.has(field) && !toBoolean(value));
    return isOff ? [] : [[field, value]];
  });
  return Object.fromEntries(values);
}

/** What a record is about. */
function subjectOf({ name, regexp }: { name?: string | undefined; regexp?: string | undefined }): string {
  return regexp ? `regexp ${regexp}` : canonicalRecordName(name ?? '');
}

/** The record that is meant; null when there is none, DEVICE_ENTRY_AMBIGUOUS when there are several. */
function recordOf(held: readonly HeldRecord[], wanted: WantedRecord): HeldRecord | null {
  const field = VALUE_FIELD_OF[wanted.type];
  const alike = held.filter(
    ({ row }) =>
      subjectOf(row) === subjectOf(wanted) &&
      dnsTypeOf(row) === wanted.type &&
      (wanted.state === 'present' ||
        wanted.value === undefined ||
        sameValue(field ?? '', row[field ?? ''], wanted.value)),
  );
  if (alike.length < 2) return alike[0] ?? null;
  throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `${subjectOf(wanted)} has ${alike.length} records of the type ${wanted.type}.`,
    hint: 'Remove the others first, each by its value with state "absent".',
  });
}

/** A name with a CNAME or NXDOMAIN record has no other ones. */
function assertNoConflict(held: readonly HeldRecord[], records: readonly WantedRecord[]): void {
  for (const wanted of records.filter(({ state }) => state === 'present')) {
    const other = held.find(
      ({ row }) =>
        subjectOf(row) === subjectOf(wanted) &&
        !toBoolean(row['disabled']) &&
        isExclusive(dnsTypeOf(row), wanted.type) &&
        !records.some((one) => one.state === 'absent' && isNamedBy(row, one)),
    );
    if (other === undefined) continue;
    throw new AppError('CONFLICT', {
      message: `${subjectOf(wanted)} has a record of the type ${dnsTypeOf(other.row)}, beside which none of the type ${wanted.type} can stand.`,
      hint: 'Remove that record in the same plan, with state "absent".',
    });
  }
}

function isNamedBy(row: RouterValues, wanted: WantedRecord): boolean {
  return subjectOf(row) === subjectOf(wanted) && dnsTypeOf(row) === wanted.type;
}

function isExclusive(one: string, other: string): boolean {
  return one !== other && [one, other].some((type) => type === 'CNAME' || type === 'NXDOMAIN');
}

function additionOf({ name, regexp, type, value, ttlSeconds, matchSubdomain, comment }: WantedRecord): Step {
  const field = VALUE_FIELD_OF[type];
  const values: RouterValues = {
    ...(regexp === undefined ? { name: name ?? '' } : { regexp }),
    // Routers of some versions do not show it of addresses, and take it for granted there.
    ...(type === 'A' ? {} : { type }),
    ...(field === undefined || value === undefined ? {} : { [field]: value }),
    ...(ttlSeconds === undefined ? {} : { ttl: `${ttlSeconds}s` }),
    ...(matchSubdomain ? { 'match-subdomain': 'true' } : {}),
    ...(comment ? { comment } : {}),
  };
  return { op: 'add', menu: DNS_STATIC_MENU, key: dnsRecordKey(values), values, placeBefore: null };
}

function changeOf(row: RouterValues, { type, value, ttlSeconds, matchSubdomain, comment }: WantedRecord): Step[] {
  const field = VALUE_FIELD_OF[type];
  const wish: Record<string, string | undefined> = {
    ...(field === undefined ? {} : { [field]: value }),
    ttl: ttlSeconds === undefined ? undefined : `${ttlSeconds}s`,
    'match-subdomain': matchSubdomain === undefined ? undefined : String(matchSubdomain),
    comment,
    disabled: 'false',
  };
  const differing = Object.entries(wish).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !sameValue(entry[0], row[entry[0]], entry[1]),
  );
  if (differing.length === 0) return [];
  const after = Object.fromEntries(differing.map(([name, text]) => [name, text === '' ? null : text]));
  const before = Object.fromEntries(differing.map(([name]) => [name, row[name] ?? (FLAGS.has(name) ? 'false' : null)]));
  return [{ op: 'change', menu: DNS_STATIC_MENU, key: dnsRecordKey(row), before, after }];
}

/** Changes come before: by then the record behind it may hold another value. */
function removalOf({ row, next }: HeldRecord, changes: readonly Step[]): Step {
  const key = dnsRecordKey(row);
  return { op: 'remove', menu: DNS_STATIC_MENU, key, values: row, placeBefore: next && keyAfterwards(next, changes) };
}

function keyAfterwards(row: RouterValues, changes: readonly Step[]): RouterValues {
  const key = dnsRecordKey(row);
  const change = changes.find((step) => step.op === 'change' && JSON.stringify(step.key) === JSON.stringify(key));
  if (change?.op !== 'change') return key;
  return Object.fromEntries(Object.entries(key).map(([field, value]) => [field, change.after[field] ?? value]));
}

function inputProblem(records: readonly WantedRecord[]): string | null {
  const seen = new Map<string, WantedRecord>();
  for (const record of records) {
    const problem = recordProblem(record);
    if (problem !== null) return `records: ${problem}`;
    const id = `${subjectOf(record)} ${record.type} ${record.state} ${record.state === 'absent' ? (record.value ?? '') : ''}`;
    if (seen.has(id)) return `records: ${subjectOf(record)} with the type ${record.type} is given more than once`;
    seen.set(id, record);
  }
  for (const record of records) {
    const clash = records.find((other) => subjectOf(other) === subjectOf(record) && contradicts(record, other));
    if (clash)
      return `records: ${subjectOf(record)} cannot be ${record.type} ${record.state} and ${clash.type} ${clash.state}`;
  }
  return null;
}

function contradicts(one: WantedRecord, other: WantedRecord): boolean {
  if (one.state !== other.state) return one.type === other.type;
  return one.state === 'present' && isExclusive(one.type, other.type);
}

function recordProblem({ name, regexp, type, value, state, ...more }: WantedRecord): string | null {
  if ((name === undefined) === (regexp === undefined)) return 'give name or regexp, one of them';
  if (name !== undefined && !isRecordName(name))
    return `${JSON.stringify(name.slice(0, 64))} is not a name of a record`;
  if (regexp !== undefined && state === 'present' && matchesEveryName(regexp)) {
    return `${JSON.stringify(regexp)} matches every name; anchor it to the zone that is meant, such as "\\\\.lan$"`;
  }
  if (state === 'absent') {
    const given = Object.entries(more).find(([, text]) => text !== undefined);
    return given ? `${name ?? regexp} is removed and takes no ${given[0]}` : null;
  }
  if (type === 'NXDOMAIN')
    return value === undefined ? null : `${name ?? regexp} with the type NXDOMAIN takes no value`;
  if (value === undefined) return `${name ?? regexp} with the type ${type} needs a value`;
  if (type === 'CNAME' && canonicalRecordName(value) === name) return `${name} is a CNAME of itself`;
  const problem = dnsValueProblem(type, value);
  return problem === null ? null : `${name ?? regexp}: ${problem}`;
}

function assessRisk(facts: RiskFacts, { records }: Input): { risk: Risk; reasons: string[] } {
  const patterns = records.filter(({ regexp, state }) => regexp !== undefined && state === 'present');
  const reasons = [
    ...fleetReasons(facts),
    ...(patterns.length > 0 ? ['a pattern may match more names than are meant'] : []),
  ];
  if (reasons.length > 0) return { risk: 'high', reasons };
  return { risk: 'medium', reasons: ['whoever asks the routers for these names gets other answers'] };
}
