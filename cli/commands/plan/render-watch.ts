import { plainText } from '../../client/plain-text.ts';
import type { PlanDeviceView, PlanView } from '../../client/shapes.ts';

/** Failures that are shown, the last ones. */
const MOST_FAILURES = 5;
const MOST_NAMES = 6;
const BAR_WIDTH = 40;
const AT_WORK = ['applying', 'verifying', 'rolling_back'];

/** A plan as it is now, for a terminal that shows it in place: no line is longer than `columns`. */
export function renderWatch(plan: PlanView, { columns, nowMs }: { columns: number; nowMs: number }): string[] {
  const { approvals, approvalsNeeded, devices, progress } = plan;
  const now = devices.filter(({ status }) => AT_WORK.includes(status));
  const given = approvals.filter(({ decision }) => decision === 'approve').length;
  const lines = [
    `${plan.kind} on ${progress.total} ${plan.environment} devices   ${plan.planId}`,
    `${say(plan.status)}${plan.statusReason === null ? '' : `: ${plan.statusReason}`}`,
    `${bar(plan)} ${counts(plan)}`,
    ...(end(plan, nowMs) ?? []),
    ...(now.length === 0 ? [] : [`now:       ${names(now)}`]),
    `approvals: ${given} of ${approvalsNeeded}${votes(plan)}`,
    ...failures(devices),
  ];
  return lines.map((line) => cut(plainText(line), columns));
}

/** A plan as one line, for logs; the same line twice is no news. */
export function watchLine(plan: PlanView): string {
  const reason = plan.statusReason === null ? '' : ` (${plan.statusReason})`;
  return plainText(`${plan.status}${reason}: ${counts(plan)}`);
}

/** What became of devices between two looks, a line each. */
export function deviceLines(before: PlanView | null, plan: PlanView): string[] {
  const known = new Map(before?.devices.map(({ deviceId, error }) => [deviceId, error?.code]));
  return plan.devices
    .filter(({ deviceId, error }) => error !== undefined && known.get(deviceId) !== error.code)
    .map(({ name, status, error }) => plainText(`${name} ${say(status)}: ${error?.code}: ${error?.message}`));
}

function say(status: string): string {
  return status.replaceAll('_', ' ');
}

function counts({ progress: { applied, failed, pending, skipped, deferred, total } }: PlanView): string {
  const parts = [
    `${applied} of ${total} changed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(pending > 0 ? [`${pending} to come`] : []),
    ...(deferred > 0 ? [`${deferred} of them tried again`] : []),
    ...(skipped > 0 ? [`${skipped} left alone`] : []),
  ];
  return parts.join(', ');
}

function bar({ progress: { applied, failed, skipped, total } }: PlanView): string {
  const filled = total === 0 ? 0 : Math.round(((applied + failed + skipped) / total) * BAR_WIDTH);
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}]`;
}

function end({ estimatedEndAt }: PlanView, nowMs: number): string[] | null {
  if (typeof estimatedEndAt !== 'string') return null;
  const seconds = Math.max(0, Math.round((Date.parse(estimatedEndAt) - nowMs) / 1000));
  const left = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return [`expected:  ${estimatedEndAt} (in ${left})`];
}

function votes({ approvals }: PlanView): string {
  if (approvals.length === 0) return '';
  return ` (${approvals.map(({ by, decision, via }) => `${decision} by ${by} through ${via}`).join('; ')})`;
}

function failures(devices: readonly PlanDeviceView[]): string[] {
  const failed = devices.filter(({ error }) => error !== undefined);
  if (failed.length === 0) return [];
  const shown = failed.slice(-MOST_FAILURES);
  const more = failed.length > shown.length ? `, the last ${shown.length}` : '';
  return [
    `failures:  ${failed.length}${more}`,
    ...shown.map(({ name, status, error }) => `  ${name} (${say(status)}) ${error?.code}: ${error?.message}`),
  ];
}

function names(devices: readonly PlanDeviceView[]): string {
  const rest = devices.length - MOST_NAMES;
  const shown = devices.slice(0, MOST_NAMES).map(({ name }) => name);
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** By code points: most names and sentences take one column each. */
function cut(line: string, columns: number): string {
  const characters = Array.from(line);
  return characters.length <= columns ? line : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}
