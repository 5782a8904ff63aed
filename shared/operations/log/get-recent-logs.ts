import { z } from 'zod';
import { toIsoTime, toRouterClock, type RouterClock } from '../../routeros/local-time.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { redactText } from '../../routeros/redact-console.ts';
import { toList, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart, PartOfText } from '../list-filters.ts';
import { LogLine, Time, Word } from '../output-fields.ts';

const LOG = '/log';
const CLOCK = '/system/clock';

/** How grave an entry is, by one of its topics; those of no such topic are output for finding faults. */
const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'] as const;

// A plain text in the schema: the pattern of a time is as long as a tool.
const Instant = z
  .string()
  .max(40)
  .pipe(z.iso.datetime({ offset: true, error: 'must be a time such as "2026-01-31T08:00:00Z"' }));

const Entry = z.strictObject({
  id: Word,
  time: Time,
  topics: z.array(Word),
  message: LogLine,
});

export const getRecentLogs = defineListRead({
  name: 'get_recent_logs',
  title: 'Recent log entries',
  summary:
    "The newest entries of a router's log in memory, newest first; narrow by topics, severity, words of the message or time.",
  toolset: 'logs',
  isCore: true,
  phase: 1,
  paths: [LOG, CLOCK],
  filters: z.strictObject({
    topics: z
      .array(z.string().regex(/^[a-z0-9-]{1,32}$/, 'a topic is 1 to 32 lower-case letters, digits or "-"'))
      .min(1)
      .max(10)
      .optional()
      .describe('Only entries with at least one of these topics, such as ["dhcp", "wireless"]'),
    severity: z.enum(SEVERITIES).optional().describe('Only entries at least this grave'),
    message: PartOfText.optional().describe('Only messages that contain this text, in whatever case'),
    since: Instant.optional().describe('Only entries from this time on, such as "2026-01-31T08:00:00Z"'),
    until: Instant.optional().describe('Only entries before this time'),
  }),
  item: Entry,
  items: 'entries',
  limits: { usual: 50, most: 200 },
  isSensitive: true,
  read: async (router, { topics, severity = 'debug', message, since, until }) => {
    const clock = toRouterClock(await router.get(CLOCK));
    const rows = await router.list(LOG, { fields: ['time', 'topics', 'message'] });
    const wanted = rows
      .map((row) => toEntry(row, clock))
      .filter(
        (entry) =>
          (topics === undefined || entry.topics.some((topic) => topics.includes(topic))) &&
          gravityOf(entry.topics) >= SEVERITIES.indexOf(severity) &&
          holdsPart(message, entry.message) &&
          isBetween(entry.time, since, until),
      );
    return { rows: wanted.toReversed() };
  },
});

function toEntry(row: RouterRecord, clock: RouterClock): z.input<typeof Entry> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    time: toIsoTime(row['time'], clock),
    topics: toList(row['topics']),
    // Newer builds log the command with its arguments.
    message: redactText(row['message'] ?? ''),
  };
}

function gravityOf(topics: readonly string[]): number {
  return Math.max(0, ...topics.map((topic) => SEVERITIES.findIndex((severity) => severity === topic)));
}

/** An entry without a readable time is at no time. */
function isBetween(time: string | null, since?: string, until?: string): boolean {
  if (since === undefined && until === undefined) return true;
  if (time === null) return false;
  const at = Date.parse(time);
  return (since === undefined || at >= Date.parse(since)) && (until === undefined || at < Date.parse(until));
}
