import type { Plan, PlanStatus } from '../../shared/domain/plan.ts';
import { sayRisk } from '../../shared/domain/say-risk.ts';

type Sayable = Pick<
  Plan,
  | 'planId'
  | 'digest'
  | 'risk'
  | 'riskReasons'
  | 'preChecks'
  | 'status'
  | 'statusReason'
  | 'approvals'
  | 'approvalsNeeded'
  | 'progress'
  | 'estimatedEndAt'
  | 'rollbackUntil'
  | 'approvalCommentRequired'
  | 'approvalValidUntil'
  | 'links'
>;

/** One line: where the plan stands and what to do next. */
export function sayPlan(plan: Sayable): string {
  const reason = plan.statusReason === null ? '' : ` (${plan.statusReason.replace(/\.$/, '')})`;
  return `Plan ${plan.planId} is ${plan.status}${reason}. ${NEXT[plan.status](plan)}`;
}

const NEXT: Record<PlanStatus, (plan: Sayable) => string> = {
  preparing: () => 'Its devices are being read; call wait_for_plan.',
  awaiting_approval: ({ approvals, approvalsNeeded, links, ...plan }) =>
    `The risk is ${sayRisk(plan)}.${sayWarnings(plan)} ` +
    `${approvals.filter(({ decision }) => decision === 'approve').length} of ${approvalsNeeded} approvals so far. ` +
    `People approve it at ${links.console}${plan.approvalCommentRequired ? ', saying why' : ''}; no tool can. Then call wait_for_plan.`,
  approved: ({ statusReason, approvalValidUntil: until }) =>
    'It starts by itself unless it waits for apply_plan or its notBefore time; call wait_for_plan.' +
    // A reason to wait says so itself.
    (statusReason !== null || until === null ? '' : ` Its approval holds until ${until}.`),
  rejected: () => 'Nothing was changed.',
  expired: () => 'Nothing was changed; replan makes it anew if it is still wanted.',
  cancelled: () => 'Nothing was changed.',
  rolling_out: (plan) => `${sayProgress(plan)} Call wait_for_plan.`,
  paused: (plan) =>
    `${sayProgress(plan)} resume_rollout, retry_failed_devices, abort_rollout or rollback_plan goes on from here.`,
  completed: (plan) =>
    `${sayProgress(plan)}${plan.rollbackUntil === null ? '' : ` rollback_plan can undo it until ${plan.rollbackUntil}.`}`,
  failed: (plan) =>
    // Without a digest nobody could decide on it.
    plan.digest === ''
      ? 'Nothing was changed, and there is nothing to decide on; propose it again in another way.'
      : `${sayProgress(plan)} See each device's error; retry_failed_devices tries them again, rollback_plan undoes what was changed.`,
  rolling_back: (plan) => `${sayProgress(plan)} Call wait_for_plan.`,
  rolled_back: () => 'Every changed device is as it was before.',
  rollback_incomplete: () => 'Some devices could not be put back; see their errors.',
};

/** What people should read before they decide. */
function sayWarnings({ preChecks }: Pick<Sayable, 'preChecks'>): string {
  return preChecks
    .filter(({ result }) => result === 'warning')
    .map(({ message }) => ` Warning: ${message}`)
    .join('');
}

function sayProgress({ progress, estimatedEndAt }: Sayable): string {
  const { applied, failed, pending, skipped, deferred, total } = progress;
  const parts = [
    `${applied} of ${total} devices applied`,
    `${failed} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${pending} pending`,
    ...(deferred > 0 ? [`${deferred} of them not reached yet`] : []),
  ];
  return `${parts.join(', ')}.${estimatedEndAt === null ? '' : ` It is expected to end at ${estimatedEndAt}.`}`;
}
