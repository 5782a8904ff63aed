import { plainText } from '../../client/plain-text.ts';
import type { PlanDeviceView, PlanView } from '../../client/shapes.ts';
import { table } from '../table.ts';

/** A plan for a person who decides on it or follows it. Texts of others are shown, never interpreted. */
export function renderPlan(plan: PlanView): string {
  return [renderHead(plan), renderDiff(plan), renderVotes(plan), renderDevices(plan)].filter(Boolean).join('\n\n');
}

function renderHead(plan: PlanView): string {
  const { progress } = plan;
  const reason = plan.statusReason === null ? '' : `: ${plan.statusReason}`;
  const risk = plan.riskReasons.length === 0 ? plan.risk : `${plan.risk} (${plan.riskReasons.join('; ')})`;
  const facts: [string, string][] = [
    ['plan', `${plan.planId} (${plan.kind}, ${plan.environment})`],
    ['status', `${plan.status.replaceAll('_', ' ')}${reason}`],
    ['risk', risk],
    ['digest', plan.digest || '-'],
    ['requested by', `${plan.requestedBy} at ${plan.createdAt}`],
    ['comment', plan.comment || '-'],
    ['expires', plan.expiresAt],
    [
      'progress',
      `${progress.applied} applied, ${progress.failed} failed, ${progress.pending} pending of ${progress.total}`,
    ],
    ['Temporal', plan.links.temporal],
  ];
  return facts.map(([name, value]) => `${`${name}:`.padEnd(14)}${plainText(value)}`).join('\n');
}

/** The diff, devices with the same changes together. */
function renderDiff(plan: PlanView): string {
  const groups = Map.groupBy(
    plan.devices.filter(({ changes }) => changes.length > 0),
    ({ changes }) => JSON.stringify(changes.map(({ summary }) => summary)),
  );
  if (groups.size === 0) return 'changes: none';
  return [...groups.values()]
    .map((devices) => {
      const lines = (devices[0]?.changes ?? []).map(({ summary }) => `    ${plainText(summary)}`);
      return [`changes on ${counted(devices)}: ${names(devices)}`, ...lines].join('\n');
    })
    .join('\n');
}

function renderVotes(plan: PlanView): string {
  const approved = plan.approvals.filter(({ decision }) => decision === 'approve').length;
  const lines = [
    ...plan.approvals.map(({ by, at, decision, via, comment }) => {
      return `    ${decision} by ${by} at ${at} (${via})${comment === '' ? '' : `: ${comment}`}`;
    }),
    ...plan.refusedDecisions.map(({ by, at, decision, code, message }) => {
      return `    not counted: ${decision} by ${by ?? 'nobody proven'} at ${at}, ${code}: ${message}`;
    }),
  ];
  return [`approvals: ${approved} of ${plan.approvalsNeeded}`, ...lines.map(plainText)].join('\n');
}

const MOST_ROWS = 60;

/** Every device's state; of a large fleet those with something to say, and counts of the rest. */
function renderDevices(plan: PlanView): string {
  const counts = Map.groupBy(plan.devices, ({ status }) => status);
  const summary = [...counts].map(([status, devices]) => `${devices.length} ${status.replaceAll('_', ' ')}`).join(', ');
  const listed =
    plan.devices.length <= MOST_ROWS
      ? plan.devices
      : plan.devices.filter(
          ({ status, error }) => error !== undefined || !['pending', 'applied', 'skipped'].includes(status),
        );
  const rows = listed
    .slice(0, MOST_ROWS)
    .map(({ name, status, error }) => [
      name,
      status.replaceAll('_', ' '),
      error ? `${error.code}: ${error.message}` : '',
    ]);
  return `devices: ${summary}${rows.length === 0 ? '' : `\n${table(['NAME', 'STATE', 'ERROR'], rows)}`}`;
}

const MOST_NAMES = 12;

function names(devices: readonly PlanDeviceView[]): string {
  const shown = devices.slice(0, MOST_NAMES).map(({ name }) => plainText(name));
  const rest = devices.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

function counted(devices: readonly unknown[]): string {
  return `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}`;
}
