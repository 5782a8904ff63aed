import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { isWanted } from '../list-filters.ts';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';

const LOGGING = '/system/logging';
const ACTION = '/system/logging/action';
const RULE_FIELDS = ['topics', 'action', 'prefix', 'regex', 'disabled', 'invalid', 'default', 'comment'];
const ACTION_FIELDS = [
  'name',
  'target',
  'default',
  'remote',
  'remote-port',
  'remote-protocol',
  'src-address',
  'syslog-facility',
  'memory-lines',
  'disk-file-name',
  'disk-file-count',
  'disk-lines-per-file',
  'email-to',
];
const MOST_ACTIONS = 100;

const Rule = z.strictObject({
  id: Word,
  /** A topic with `!` in front is left out. */
  topics: z.array(Word),
  action: Name,
  prefix: Name.nullable(),
  regex: untrusted(256).nullable(),
  enabled: z.boolean(),
  invalid: z.boolean(),
  isDefault: z.boolean(),
  comment: CommentText,
});

/** What is not of its target is null. */
const Action = z.strictObject({
  name: Name,
  target: Word,
  isDefault: z.boolean(),
  remoteAddress: untrusted(255).nullable(),
  remotePort: z.number().nullable(),
  remoteProtocol: Word.nullable(),
  sourceAddress: Word.nullable(),
  syslogFacility: Word.nullable(),
  memoryLines: z.number().nullable(),
  diskFileName: Name.nullable(),
  diskFiles: z.number().nullable(),
  diskLinesPerFile: z.number().nullable(),
  emailTo: Name.nullable(),
});

export const getLoggingConfig = defineListRead({
  name: 'get_logging_config',
  title: 'Logging rules and actions',
  summary:
    'What a router logs and where to: rules by topic, and actions such as memory, disk or a remote syslog server. The entries themselves are in get_recent_logs.',
  toolset: 'logs',
  phase: 1,
  paths: [LOGGING, ACTION],
  filters: z.strictObject({
    action: z.string().min(1).max(128).optional().describe('Only rules of this action, such as "remote"'),
  }),
  item: Rule,
  items: 'rules',
  about: z.strictObject({ actions: z.array(Action) }),
  limits: { usual: 100, most: 500 },
  read: async (router, { action }) => {
    const rules = await router.list(LOGGING, { fields: RULE_FIELDS });
    const actions = await router.list(ACTION, { fields: ACTION_FIELDS });
    return {
      rows: rules.filter((row) => isWanted(action, row['action'])).map(toRule),
      about: { actions: actions.slice(0, MOST_ACTIONS).map(toAction) },
    };
  },
});

function toRule(row: RouterRecord): z.input<typeof Rule> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    topics: toList(row['topics']),
    action: row['action'] ?? '',
    prefix: row['prefix'] || null,
    regex: row['regex'] || null,
    enabled: !toBoolean(row['disabled']),
    invalid: toBoolean(row['invalid']),
    isDefault: toBoolean(row['default']),
    comment: row['comment'] ?? null,
  };
}

function toAction(row: RouterRecord): z.input<typeof Action> {
  return {
    name: toRequiredText(row['name'], 'name'),
    target: toRequiredText(row['target'], 'target'),
    isDefault: toBoolean(row['default']),
    remoteAddress: setAddress(row['remote']),
    remotePort: toNumber(row['remote-port']),
    remoteProtocol: row['remote-protocol'] ?? null,
    sourceAddress: setAddress(row['src-address']),
    syslogFacility: row['syslog-facility'] ?? null,
    memoryLines: toNumber(row['memory-lines']),
    diskFileName: row['disk-file-name'] ?? null,
    diskFiles: toNumber(row['disk-file-count']),
    diskLinesPerFile: toNumber(row['disk-lines-per-file']),
    emailTo: row['email-to'] || null,
  };
}

/** An address that was never set is shown as all zeros. */
function setAddress(address: string | undefined): string | null {
  return address === undefined || ['', '0.0.0.0', '::'].includes(address) ? null : address;
}
