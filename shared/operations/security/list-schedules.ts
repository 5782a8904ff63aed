import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import { toIsoTime, toRouterClock, type RouterClock } from '../../routeros/local-time.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart, isWanted, PartOfText } from '../list-filters.ts';
import { CommentText, Name, Time, Word } from '../output-fields.ts';

const SCHEDULER = '/system/scheduler';
const SCRIPT = '/system/script';
const CLOCK = '/system/clock';
const SCHEDULER_FIELDS = [
  'name',
  'start-date',
  'start-time',
  'interval',
  'next-run',
  'run-count',
  'owner',
  'policy',
  'on-event',
  'disabled',
  'comment',
];
const SCRIPT_FIELDS = ['name', 'last-started', 'run-count', 'owner', 'policy', 'source', 'invalid', 'comment'];
const KINDS = ['scheduler', 'script'] as const;

/** What a script says never leaves: it may hold secrets that nothing tells apart. */
const Entry = z.strictObject({
  id: Word,
  kind: z.enum(KINDS),
  name: Name,
  enabled: z.boolean(),
  invalid: z.boolean(),
  owner: Name.nullable(),
  policies: z.array(Word),
  runCount: z.number().nullable(),
  sourceCharacters: z.int(),
  /** Of a script. */
  lastStarted: Time,
  /** Of a scheduler: a script it runs by name; null when it holds commands of its own. */
  script: Name.nullable(),
  /** Of a scheduler: null when it runs once, or at the start of the router only. */
  intervalSeconds: z.number().nullable(),
  startsAtBoot: z.boolean(),
  /** Of a scheduler; null when it will not run again. */
  nextRun: Time,
  comment: CommentText,
});

type EntryRow = z.input<typeof Entry>;

export const listSchedules = defineListRead({
  name: 'list_schedules',
  title: 'Schedulers and scripts',
  summary:
    'What runs by itself on a router: schedulers and scripts by name, with interval, next run, run count, owner, policies and size. Never their source.',
  toolset: 'security',
  phase: 1,
  paths: [SCHEDULER, SCRIPT, CLOCK],
  filters: z.strictObject({
    kind: z.enum(KINDS).optional().describe('Only schedulers or only scripts'),
    name: PartOfText.optional().describe('Only entries whose name contains this'),
    enabled: z.boolean().optional().describe('Only entries that are on (true) or disabled (false)'),
  }),
  item: Entry,
  items: 'entries',
  limits: { usual: 50, most: 200 },
  read: async (router, { kind, name, enabled }) => {
    const clock = toRouterClock(await router.get(CLOCK));
    const scripts = await router.list(SCRIPT, { fields: SCRIPT_FIELDS });
    const schedulers = await router.list(SCHEDULER, { fields: SCHEDULER_FIELDS });
    const scriptNames = new Set(scripts.map((row) => row['name'] ?? ''));
    const entries = [
      ...schedulers.map((row) => schedulerEntry(row, scriptNames, clock)),
      ...scripts.map((row) => scriptEntry(row, clock)),
    ];
    return {
      rows: entries.filter(
        (entry) => isWanted(kind, entry.kind) && holdsPart(name, entry.name) && isWanted(enabled, entry.enabled),
      ),
    };
  },
});

function schedulerEntry(row: RouterRecord, scriptNames: ReadonlySet<string>, clock: RouterClock): EntryRow {
  const event = row['on-event'] ?? '';
  return {
    ...common(row),
    kind: 'scheduler',
    enabled: !toBoolean(row['disabled']),
    invalid: false,
    sourceCharacters: event.length,
    lastStarted: null,
    script: scriptNames.has(event.trim()) ? event.trim() : null,
    intervalSeconds: toSeconds(row['interval']) || null,
    startsAtBoot: row['start-time'] === 'startup',
    nextRun: toIsoTime(row['next-run'], clock),
  };
}

function scriptEntry(row: RouterRecord, clock: RouterClock): EntryRow {
  return {
    ...common(row),
    kind: 'script',
    enabled: true,
    invalid: toBoolean(row['invalid']),
    sourceCharacters: (row['source'] ?? '').length,
    lastStarted: toIsoTime(row['last-started'], clock),
    script: null,
    intervalSeconds: null,
    startsAtBoot: false,
    nextRun: null,
  };
}

function common(row: RouterRecord): Pick<EntryRow, 'id' | 'name' | 'owner' | 'policies' | 'runCount' | 'comment'> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    owner: row['owner'] || null,
    policies: toList(row['policy']),
    runCount: toNumber(row['run-count']),
    comment: row['comment'] ?? null,
  };
}
