import { z } from 'zod';
import { CommentInput } from '../../operations/comment-input.ts';
import { refused, ServerAddress } from '../../routeros/addresses.ts';
import { LOG_TOPICS } from '../../routeros/log-topics.ts';
import { absentWithMore, twice } from '../wish-rules.ts';

const MOST_ACTIONS = 20;
const MOST_RULES = 100;
const MOST_TOPICS = 10;
const MOST_LINES = 65_535;
const MOST_FILES = 20;

/** Those every router has; they are named after where they send lines to. */
export const DEFAULT_ACTIONS: readonly string[] = ['memory', 'disk', 'echo', 'remote'];

const ActionName = z.string().regex(/^[A-Za-z0-9]{1,32}$/, 'an action is named by 1 to 32 letters and digits');
const State = z.enum(['present', 'absent']).default('present').describe('Whether it shall be there');

const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ');

const WantedAction = z.strictObject({
  name: ActionName.describe('memory, disk, echo and remote are there already and stay'),
  target: z.enum(['memory', 'disk', 'remote']).optional().describe('Where lines go; a new action needs it'),
  remote: ServerAddress.optional().describe('Address of the syslog server'),
  remotePort: z.int().min(1).max(65_535).optional().describe('Default 514'),
  protocol: z.enum(['udp', 'tcp']).optional().describe('tcp from RouterOS 7.18 on'),
  format: z.enum(['default', 'syslog', 'bsd-syslog', 'cef']).optional().describe('syslog and cef from 7.18 on'),
  facility: z
    .string()
    .max(16)
    .check(refused((text) => (FACILITIES.includes(text) ? null : `facility: one of ${FACILITIES.join(', ')}`)))
    .optional()
    .describe('Such as "local0"; default daemon'),
  memoryLines: z.int().min(1).max(MOST_LINES).optional(),
  diskFileName: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, 'a file is named by letters, digits and "._/-"')
    .optional(),
  diskLines: z.int().min(1).max(MOST_LINES).optional().describe('Of each file'),
  diskFiles: z.int().min(1).max(MOST_FILES).optional().describe('1 to 20'),
  comment: CommentInput.optional().describe('"" takes it away'),
  state: State,
});
export type WantedAction = z.output<typeof WantedAction>;

const WantedRule = z.strictObject({
  topics: z
    .array(z.string().max(32).check(refused(topicProblem)))
    .min(1)
    .max(MOST_TOPICS)
    .describe('Lines about all of these are taken, such as ["system", "!debug"]; with "!" those that are not about it'),
  action: ActionName.describe('Where they go'),
  prefix: CommentInput.optional().describe('In front of each line'),
  enabled: z.boolean().optional().describe('A new rule is, unless told'),
  state: State,
});
export type WantedRule = z.output<typeof WantedRule>;

export const LoggingInput = z.strictObject({
  actions: z.array(WantedAction).max(MOST_ACTIONS).default([]).describe('By name; others and fields left out stay'),
  rules: z.array(WantedRule).max(MOST_RULES).default([]).describe('By topics and action; others stay'),
});
export type LoggingInput = z.output<typeof LoggingInput>;

/** Fields of an action that only those of one target have. */
export const FIELDS_OF_TARGET = {
  memory: ['memoryLines'],
  disk: ['diskFileName', 'diskLines', 'diskFiles'],
  remote: ['remote', 'remotePort', 'protocol', 'format', 'facility'],
  echo: [],
} as const satisfies Record<string, readonly (keyof WantedAction)[]>;

/** What a wish says against itself, as a sentence; null when nothing. */
export function refuseLogging({ actions, rules }: LoggingInput): string | null {
  if (actions.length + rules.length === 0) return 'give actions, rules or both';
  return (
    twice(
      'actions',
      actions.map(({ name }) => name),
    ) ??
    twice(
      'rules',
      rules.map((rule) => `${topicsOf(rule)} ${rule.action}`),
    ) ??
    absentWithMore('actions', actions, ['name']) ??
    absentWithMore('rules', rules, ['topics', 'action']) ??
    actions.map(actionProblem).find((problem) => problem !== null) ??
    rules.map((rule, index) => ruleProblem(rule, index, actions)).find((problem) => problem !== null) ??
    null
  );
}

/** Their order means nothing. */
export function topicsOf({ topics }: Pick<WantedRule, 'topics'>): string {
  return topics.toSorted().join(',');
}

/** A field that an action of the target does not have; null when there is none. */
export function strangeField(action: WantedAction, target: string): string | null {
  const strange = Object.entries(FIELDS_OF_TARGET).flatMap(([other, fields]) => (other === target ? [] : fields));
  return strange.find((field) => action[field] !== undefined) ?? null;
}

function actionProblem(action: WantedAction, index: number): string | null {
  const { name, target, state } = action;
  const path = `actions[${index}]`;
  const isDefault = DEFAULT_ACTIONS.includes(name);
  if (isDefault && state === 'absent') return `${path}: ${name} is part of every router and cannot be removed`;
  if (isDefault && target !== undefined && target !== name) return `${path}.target: ${name} always sends to ${name}`;
  if (isDefault && action.diskFileName !== undefined) return `${path}.diskFileName: that of ${name} stays as it is`;
  const known = isDefault ? name : target;
  const strange = known === undefined ? null : strangeField(action, known);
  return strange === null ? null : `${path}.${strange}: an action that sends to ${known} has none`;
}

function ruleProblem(rule: WantedRule, index: number, actions: readonly WantedAction[]): string | null {
  const { topics, action } = rule;
  const path = `rules[${index}].topics`;
  if (new Set(topics).size !== topics.length) return `${path}: a topic is given more than once`;
  const both = topics.find((topic) => topics.includes(`!${topic}`));
  if (both !== undefined) return `${path}: ${both} and !${both} together match nothing`;
  const isGone = actions.some(({ name, state }) => name === action && state === 'absent');
  return isGone && rule.state === 'present' ? `rules[${index}].action: ${action} is removed by the same plan` : null;
}

function topicProblem(text: string): string | null {
  if (LOG_TOPICS.has(text.replace(/^!/, ''))) return null;
  return `${JSON.stringify(text)} is no topic of logs, such as "system", "firewall", "error" or "!debug"`;
}
