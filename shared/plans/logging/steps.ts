import { z } from 'zod';
import type { RouterValues, Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { sameValue } from '../../routeros/canonical.ts';
import type { Router } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean } from '../../routeros/values.ts';
import { additionOfRow, changeOfRow, heldRow, removalOfRow, type RowWish } from '../row-steps.ts';
import { strangeField, topicsOf, type LoggingInput, type WantedAction, type WantedRule } from './wish.ts';

export const RULE = '/system/logging';
export const ACTION = '/system/logging/action';

const RULE_FIELDS = ['topics', 'action', 'prefix', 'regex', 'disabled', 'comment'];
/** Of actions that this kind changes; those by e-mail and script have others. */
const ACTION_FIELDS = [
  'name',
  'target',
  'comment',
  'memory-lines',
  'memory-stop-on-full',
  'disk-file-name',
  'disk-file-count',
  'disk-lines-per-file',
  'disk-stop-on-full',
  'remember',
  'remote',
  'remote-port',
  'remote-protocol',
  'remote-log-format',
  'bsd-syslog',
  'add-topics-string',
  'cef-event-delimiter',
  'src-address',
  'syslog-facility',
  'syslog-severity',
  'syslog-time-format',
  'vrf',
];
const TARGETS: readonly string[] = ['memory', 'disk', 'echo', 'remote'];

const Row = z.record(z.string(), z.string());

export const LoggingState = z.strictObject({
  actions: z.array(Row),
  rules: z.array(z.strictObject({ row: Row, isDefault: z.boolean(), isDynamic: z.boolean() })),
  /** Whether the version has formats and protocols to choose from, from 7.18 on. */
  hasFormats: z.boolean(),
});
export type LoggingState = z.output<typeof LoggingState>;

export async function captureLogging(router: Router): Promise<LoggingState> {
  const actions = await router.list(ACTION, { fields: ACTION_FIELDS });
  const rules = await router.list(RULE, { fields: [...RULE_FIELDS, 'default', 'dynamic'] });
  return {
    actions: actions.map((row) => heldRow(row, ACTION_FIELDS)).toSorted(inOrder),
    rules: rules
      .map((row) => ({
        row: { disabled: 'false', ...heldRow(row, RULE_FIELDS) },
        isDefault: toBoolean(row['default']),
        isDynamic: isDynamic(row),
      }))
      .toSorted(inOrder),
    hasFormats: actions.some((row) => row['remote-log-format'] !== undefined),
  };
}

/** Actions are added before the rules that use them, and removed after those that used them. */
export function loggingSteps(state: LoggingState, wish: LoggingInput): Step[] {
  const actions = wish.actions.flatMap((one) => actionStep(state, one) ?? []);
  const rules = wish.rules.flatMap((one) => ruleStep(state, one) ?? []);
  const forward = [...actions, ...rules];
  const steps = [
    ...forward.filter(({ op }) => op === 'add'),
    ...forward.filter(({ op }) => op === 'change'),
    ...[...rules, ...actions].filter(({ op }) => op === 'remove'),
  ];
  refuseMissing(state, wish);
  for (const step of actions) if (step.op === 'remove') refuseInUse(state, wish, step.key['name'] ?? '');
  return steps;
}

function actionStep({ actions, hasFormats }: LoggingState, wish: WantedAction): Step | null {
  const { name } = wish;
  const row = actions.find((one) => one['name'] === name);
  const key = { name };
  if (row !== undefined) refuseStrange(row, wish);
  if (wish.state === 'absent') return row === undefined ? null : removalOfRow(ACTION, key, row);
  const settings: RowWish = {
    remote: wish.remote,
    'remote-port': wish.remotePort?.toString(),
    ...formatOf(wish, hasFormats),
    'syslog-facility': wish.facility,
    'memory-lines': wish.memoryLines?.toString(),
    'disk-file-name': wish.diskFileName,
    'disk-lines-per-file': wish.diskLines?.toString(),
    'disk-file-count': wish.diskFiles?.toString(),
    comment: wish.comment === '' ? null : wish.comment,
  };
  if (row !== undefined) return changeOfRow(ACTION, key, row, settings);
  if (wish.target === undefined) throw notThere(name, 'target');
  if (wish.target === 'remote' && wish.remote === undefined) throw notThere(name, 'remote');
  return additionOfRow(ACTION, key, { target: wish.target, ...settings });
}

function formatOf({ name, protocol, format }: WantedAction, hasFormats: boolean): RowWish {
  if (hasFormats) return { 'remote-protocol': protocol, 'remote-log-format': format };
  const lacking =
    protocol === 'tcp' ? 'protocol tcp' : format === 'syslog' || format === 'cef' ? `format ${format}` : null;
  if (lacking !== null) {
    throw new AppError('DEVICE_UNSUPPORTED', {
      message: `${lacking} of the action ${name} needs RouterOS 7.18 or later.`,
      hint: 'Leave such devices out, or take udp with the format default or bsd-syslog.',
    });
  }
  return { 'bsd-syslog': format === undefined ? undefined : String(format === 'bsd-syslog') };
}

function refuseStrange(row: RouterValues, wish: WantedAction): void {
  const target = row['target'] ?? '';
  if (!TARGETS.includes(target)) {
    throw new AppError('UNSAFE_OPERATION', {
      message: `The action ${wish.name} sends by ${target}, which may hold secrets; such actions are left alone.`,
      hint: 'Take another name, or change it at the router.',
    });
  }
  if (wish.state === 'absent') return;
  const strange = strangeField(wish, target);
  if (strange === null && (wish.target === undefined || wish.target === target)) return;
  throw new AppError('CONFLICT', {
    message: `The action ${wish.name} sends to ${target}, so ${strange ?? 'target'} cannot be set.`,
    hint: 'Take another name for an action with another target; get_logging_config shows those that are there.',
  });
}

function ruleStep({ rules }: LoggingState, wish: WantedRule): Step | null {
  const topics = topicsOf(wish);
  const [held, ...others] = rules.filter(({ row, isDynamic: isMade }) => !isMade && isAbout(row, topics, wish.action));
  if (others.length > 0 || held?.row['regex']) {
    throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
      message:
        others.length > 0
          ? `There are ${others.length + 1} rules for ${topics} to ${wish.action}.`
          : `The rule for ${topics} to ${wish.action} takes only lines that a pattern matches.`,
      hint: 'Leave one of them without a pattern at the router; get_logging_config shows them.',
    });
  }
  if (wish.state === 'absent') {
    if (held === undefined) return null;
    if (held.isDefault) throw isDefaultRule(topics, wish.action);
    return removalOfRow(RULE, keyOf(held.row), held.row);
  }
  const settings: RowWish = {
    prefix: wish.prefix,
    disabled: wish.enabled === undefined ? undefined : String(!wish.enabled),
  };
  if (held !== undefined) return changeOfRow(RULE, keyOf(held.row), held.row, settings);
  return additionOfRow(RULE, { topics: wish.topics.join(','), action: wish.action }, settings);
}

function isAbout(row: RouterValues, topics: string, action: string): boolean {
  return row['action'] === action && sameValue('topics', row['topics'], topics);
}

function keyOf({ topics = '', action = '' }: RouterValues): RouterValues {
  return { topics, action };
}

function refuseMissing({ actions }: LoggingState, wish: LoggingInput): void {
  const known = new Set([...actions.map(({ name }) => name), ...wish.actions.map(({ name }) => name)]);
  const rule = wish.rules.find(({ action, state }) => state === 'present' && !known.has(action));
  if (rule === undefined) return;
  throw new AppError('DEVICE_REFERENCE_MISSING', {
    message: `The router has no logging action ${rule.action}.`,
    hint: 'Add it in the same plan; get_logging_config shows those that are there.',
  });
}

function refuseInUse({ rules }: LoggingState, wish: LoggingInput, name: string): void {
  const goes = (row: RouterValues): boolean =>
    wish.rules.some((rule) => rule.state === 'absent' && isAbout(row, topicsOf(rule), rule.action));
  const user = rules.find(({ row }) => row['action'] === name && !goes(row));
  if (user === undefined) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `The logging action ${name} is in use by the rule for ${user.row['topics']}.`,
    hint: 'Remove that rule in the same plan.',
  });
}

function isDefaultRule(topics: string, action: string): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: `The rule for ${topics} to ${action} is part of every router and cannot be removed.`,
    hint: 'Disable it instead, with enabled false.',
  });
}

function notThere(name: string, field: string): AppError {
  return new AppError('DEVICE_ENTRY_MISSING', {
    message: `The router has no logging action ${name}, and to add it the plan must give ${field}.`,
    hint: `Give ${field}, or leave such devices out.`,
  });
}

function inOrder(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
