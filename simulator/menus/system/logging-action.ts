import type { MenuDefinition, Row, RouterView } from '../../engine/definition.ts';
import { failure, missingArgument, noMatch } from '../../engine/router-error.ts';
import { ipAddress } from '../../values/address-types.ts';
import { boolean, integer, text, word } from '../../values/field-types.ts';
import { comment } from '../row-fields.ts';
import { BUILTIN_ROW } from '../builtin-row.ts';
import { actionName } from './logging.ts';

const ACTIONS = '/system/logging/action';

const FACILITIES: readonly string[] = [
  'auth',
  'authpriv',
  'cron',
  'daemon',
  'ftp',
  'kern',
  'lpr',
  'mail',
  'news',
  'ntp',
  'syslog',
  'user',
  'uucp',
  ...Array.from({ length: 8 }, (_, number) => `local${number}`),
];

const SEVERITIES: readonly string[] = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

/** Where log lines can go. A row shows only what belongs to its target. */
export const systemLoggingAction: MenuDefinition = {
  path: ACTIONS,
  kind: 'list',
  noun: 'log action',
  nameField: 'name',
  firstId: 0,
  fields: {
    'add-topics-string': { type: boolean, default: 'true', since: '7.22' },
    'bsd-syslog': { type: boolean, default: 'false', until: '7.18' },
    'cef-event-delimiter': { type: text, default: '\\r\\n', since: '7.18' },
    comment,
    default: { type: boolean, access: 'read-only', default: 'false' },
    'disk-file-count': { type: integer(1, 65_535), default: '2' },
    'disk-file-name': { type: text, default: diskFileName },
    'disk-lines-per-file': { type: integer(1, 65_535), default: '1000' },
    'disk-stop-on-full': { type: boolean, default: 'false' },
    'email-start-tls': { type: boolean, default: 'false' },
    'email-to': { type: text, default: '' },
    'memory-lines': { type: integer(1, 65_535), default: '1000' },
    'memory-stop-on-full': { type: boolean, default: 'false' },
    name: { type: actionName, required: true },
    remember: { type: boolean, default: 'true' },
    // Of either family. Source: manual, Log > Actions.
    remote: { type: ipAddress, default: '0.0.0.0' },
    'remote-log-format': { type: word('bsd-syslog', 'cef', 'default', 'syslog'), default: 'default', since: '7.18' },
    'remote-port': { type: integer(0, 65_535), default: '514' },
    'remote-protocol': { type: word('tcp', 'udp'), default: 'udp', since: '7.18' },
    script: { type: text, default: '', since: '7.22' },
    'src-address': { type: ipAddress, default: '0.0.0.0' },
    'syslog-facility': { type: word(...FACILITIES), default: 'daemon' },
    'syslog-severity': { type: word('auto', ...SEVERITIES), default: 'auto' },
    'syslog-time-format': { type: word('bsd-syslog', 'iso8601'), default: 'bsd-syslog' },
    target: { type: word('disk', 'echo', 'email', 'memory', 'remote', 'script'), default: 'memory' },
    vrf: { type: text, default: 'main', since: '7.20' },
  },
  seed: () => ['memory', 'disk', 'echo', 'remote'].map((name) => ({ name, target: name, default: 'true' })),
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'action with this name already exists' : undefined,
  prepare: ({ kind, item }) => {
    if (kind === 'remove' && item.values['default'] === 'true') throw failure(BUILTIN_ROW);
  },
  applied: ({ kind, item }, router) => {
    if (kind === 'remove') router.clearLog(item.id);
  },
  view: ownKeys,
  commands: {
    clear: {
      policy: 'write',
      parameters: ['action'],
      since: '7.20',
      run: (args, router) => {
        const name = args.get('action');
        if (name === undefined) throw missingArgument('action');
        const action = router.find(ACTIONS, name);
        if (action?.values['target'] !== 'memory') throw noMatch('action');
        router.clearLog(action.id);
        return { kind: 'done' };
      },
    },
  },
};

/** Boards with a small flash keep files in its own folder. */
function diskFileName(router: RouterView): string {
  return router.board.flashFolder ? 'flash/log' : 'log';
}

function ownKeys(row: Row): Row {
  const keys = new Set([...COMMON, ...(TARGET_KEYS[row['target'] ?? ''] ?? [])]);
  return Object.fromEntries(Object.entries(row).filter(([name]) => keys.has(name)));
}

const COMMON: readonly string[] = ['.id', 'comment', 'default', 'name', 'target'];

const TARGET_KEYS: Readonly<Record<string, readonly string[] | undefined>> = {
  disk: ['disk-file-count', 'disk-file-name', 'disk-lines-per-file', 'disk-stop-on-full'],
  echo: ['remember'],
  email: ['email-start-tls', 'email-to'],
  script: ['script'],
  memory: ['memory-lines', 'memory-stop-on-full'],
  remote: [
    'add-topics-string',
    'bsd-syslog',
    'cef-event-delimiter',
    'remote',
    'remote-log-format',
    'remote-port',
    'remote-protocol',
    'src-address',
    'syslog-facility',
    'syslog-severity',
    'syslog-time-format',
    'vrf',
  ],
};
