import { sayLeft } from '../../../shared/domain/left-object.ts';
import { RolloutOptions } from '../../../shared/domain/plan.ts';
import { sayRisk } from '../../../shared/domain/say-risk.ts';
import { sayRollout } from '../../../shared/domain/say-rollout.ts';
import { plainText } from '../../client/plain-text.ts';
import type { PlanView } from '../../client/shapes.ts';
import { table } from '../table.ts';
import { renderDiff, renderPreChecks } from './render-diff.ts';

/** A plan for a person who decides on it or follows it. Texts of others are shown, never interpreted. */
export function renderPlan(plan: PlanView): string {
  return [
    renderHead(plan),
    renderDiff(plan),
    renderPreChecks(plan),
    renderVotes(plan),
    renderDevices(plan),
    renderLeft(plan),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function renderHead(plan: PlanView): string {
  const reason = plan.statusReason === null ? '' : `: ${plan.statusReason}`;
  const facts: [string, string][] = [
    ['plan', `${plan.planId} (${plan.kind}, ${plan.environment})`],
    ['status', `${plan.status.replaceAll('_', ' ')}${reason}`],
    ['risk', plan.digest === '' ? '-' : sayRisk(plan)],
    ['digest', plan.digest || '-'],
    ['requested by', `${plan.requestedBy} at ${plan.createdAt}`],
    ['comment', plan.comment || '-'],
    ['expires', plan.expiresAt],
    ['progress', sayProgress(plan)],
    ...(plan.estimatedEndAt === null ? [] : [['expected', `to end at ${plan.estimatedEndAt}`] as [string, string]]),
    ...(plan.rollbackUntil ? ([['rollback', `possible until ${plan.rollbackUntil}`]] as [string, string][]) : []),
    ...(plan.replaces === null ? [] : [['replaces', plan.replaces] as [string, string]]),
    ...(plan.replacedBy === null ? [] : [['made anew as', plan.replacedBy] as [string, string]]),
    ...rolloutFacts(plan),
    ['page', plan.links.console],
    ['Temporal', plan.links.temporal],
  ];
  return facts.map(([name, value]) => `${`${name}:`.padEnd(14)}${plainText(value)}`).join('\n');
}

/** Counts that add up to the total; those of devices that are tried again are among the pending. */
function sayProgress({ progress: { applied, failed, pending, skipped, deferred, total } }: PlanView): string {
  const later = deferred > 0 ? ` (${deferred} to be tried again)` : '';
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${applied} applied, ${failed} failed, ${pending} pending${later}${left} of ${total}`;
}

/** What would happen, while it has not. */
function rolloutFacts(plan: PlanView): [string, string][] {
  const options = RolloutOptions.safeParse(plan.rollout);
  // A newer platform may have options that this command line does not know.
  if (!options.success || !['awaiting_approval', 'approved'].includes(plan.status)) return [];
  const changed = plan.devices.filter(({ changes }) => changes.length > 0).length;
  const { how, start, onFailure, takeBack } = sayRollout(options.data, changed);
  return [
    ['how', `${how} ${start}`],
    ['if it fails', onFailure],
    ['taking back', takeBack],
  ];
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
  const valid = plan.approvalValidUntil ? `, valid until ${plan.approvalValidUntil}` : '';
  return [`approvals: ${approved} of ${plan.approvalsNeeded}${valid}`, ...lines.map(plainText)].join('\n');
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

const MOST_LEFT = 20;

/** What a plan left on devices that could not be put back, and what to do there. */
function renderLeft(plan: PlanView): string {
  return plan.devices
    .flatMap(({ name, error, snapshotId }) => {
      const left = error?.details?.left ?? [];
      if (left.length === 0) return [];
      const more = left.length - MOST_LEFT;
      return [
        `left on ${name}:`,
        ...left.slice(0, MOST_LEFT).map((object) => `    ${sayLeft(object)}`),
        ...(more > 0 ? [`    and ${more} more`] : []),
        ...(error?.hint ? [`    ${error.hint}`] : []),
        ...(snapshotId ? [`    the configuration before the plan is snapshot ${snapshotId}`] : []),
      ];
    })
    .map(plainText)
    .join('\n');
}
