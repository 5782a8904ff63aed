import { z } from 'zod';
import { toIsoTime, toRouterClock } from '../../routeros/local-time.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { redactText } from '../../routeros/secret-fields.ts';
import { toList, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { LogLine, Time, Word } from '../output-fields.ts';

const LOG = '/log';
const CLOCK = '/system/clock';

const Entry = z.strictObject({
  id: Word,
  time: Time,
  topics: z.array(Word),
  message: LogLine,
});

export const getRecentLogs = defineListRead({
  name: 'get_recent_logs',
  title: 'Recent log entries',
  summary: "The newest entries of a router's log in memory, newest first.",
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
      .describe('Only entries with at least one of these topics, such as ["error", "critical"]'),
  }),
  item: Entry,
  items: 'entries',
  limits: { usual: 50, most: 200 },
  isSensitive: true,
  read: async (router, { topics }) => {
    const clock = toRouterClock(await router.get(CLOCK));
    const rows = await router.list(LOG, { fields: ['time', 'topics', 'message'] });
    const wanted = rows.filter((row) => !topics || toList(row['topics']).some((topic) => topics.includes(topic)));
    return { rows: wanted.toReversed().map((row) => ({ ...toEntry(row), time: toIsoTime(row['time'], clock) })) };
  },
});

function toEntry(row: RouterRecord): Omit<z.input<typeof Entry>, 'time'> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    topics: toList(row['topics']),
    // Newer builds log the command with its arguments.
    message: redactText(row['message'] ?? ''),
  };
}
