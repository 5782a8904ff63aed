import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  getExternalWorkflowHandle,
  log,
  patched,
  setDefaultSignalHandler,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ROLLOUT_NOTICE_SIGNAL,
  type AttributedSignal,
  type PlanSignal,
  type PlanState,
  type PlanWorkflowInput,
  type PreparedPlan,
  type RolloutNotice,
  type RolloutResult,
} from '../shared/contract/plan-messages.ts';
import { rollbackWorkflowId, rolloutWorkflowId } from '../shared/contract/workflow-ids.ts';
import type { PlanDeviceStatus } from '../shared/domain/plan.ts';
import { errorBodyOf, failureOf, fleet } from './activity-options.ts';
import { planReminders, remindWhenDue } from './approval-reminders.ts';
import { controlAllowed } from './plan-controls.ts';
import { countVotes } from './plan-decisions.ts';
import { preparePlan } from './plan-preparation.ts';
import { awaitApproval, mayStart } from './plan-start.ts';
import { sayWhy } from './say-why.ts';
import { actorOf, PlanRun } from './plan-run.ts';
import { recordProposal } from './record-outcome.ts';
import { rollbackWorkflow } from './rollback.ts';
import { rolloutWorkflow } from './rollout.ts';
import { bodyOf } from './step-write.ts';

export const preparedUpdate = defineUpdate<PreparedPlan>('prepared');
export const planState = defineQuery<PlanState>('state');
export const rolloutNotice = defineSignal<[RolloutNotice]>(ROLLOUT_NOTICE_SIGNAL);

const riskAttribute = defineSearchAttributeKey('ConvoyRisk', 'KEYWORD');

/**
 * One plan from wish to end. Prepares it, waits for people to decide, has it rolled out, and can take it back for a day.
 * Signals only say that there is something to read: who sent them is read from the server's own record of them.
 */
export async function planWorkflow(input: PlanWorkflowInput): Promise<PlanState> {
  const run = new PlanRun(input);
  listen(run);
  const prepared = await prepare(run);
  if (prepared) await live(run, prepared);
  // Whatever came in the closing moment is refused, but not lost: it leaves its audit record.
  if (prepared && run.hasSignals) await readSignals(run, prepared);
  await condition(allHandlersFinished);
  return run.view();
}

const SIGNAL_HELP = {
  approve: 'Approve the plan. Input: {"digest": "<the digest on the card>", "comment": "why"}',
  reject: 'Reject the plan. Input: {"digest": "<the digest on the card>", "comment": "why"}',
  pause: 'Stop the rollout before its next batch. Input: {"comment": "why"}',
  resume: 'Go on with a paused rollout. Input: {"comment": "why"}',
  abort: 'Start no more devices; what is changed stays changed. Input: {"comment": "why"}',
  rollback: 'Put every changed device back. Input: {"comment": "why"}',
  apply: 'Start an approved plan that waits to be asked for.',
  cancel: 'Withdraw a plan that has not started.',
} as const satisfies Record<PlanSignal, string>;

function listen(run: PlanRun): void {
  for (const [signal, description] of Object.entries(SIGNAL_HELP)) {
    setHandler(defineSignal<[unknown]>(signal), run.nudge, { description });
  }
  setHandler(rolloutNotice, (notice) => void run.notices.push(notice), { description: 'Sent by the rollout itself.' });
  setDefaultSignalHandler((signalName) => log.warn('unknown signal ignored', { signalName }));
  setHandler(planState, () => run.view(), { description: 'What the plan is doing now.' });
  setHandler(
    preparedUpdate,
    async () => {
      await condition(() => run.status !== 'preparing');
      if (run.prepared) return run.prepared;
      throw failureOf(run.refusal ?? errorBodyOf(null, 'INTERNAL_ERROR'));
    },
    { description: 'Waits until the plan is prepared.' },
  );
}

async function prepare(run: PlanRun): Promise<PreparedPlan | null> {
  try {
    run.prepared = await preparePlan(run.input);
  } catch (error) {
    run.refusal = errorBodyOf(error, 'DEVICE_TIMEOUT');
    await recordProposal(run.input, run.refusal);
    await run.enter(run.refusal.code === 'PLAN_EMPTY' ? 'cancelled' : 'failed', run.refusal.message);
    return null;
  }
  await recordProposal(run.input, null);
  upsertSearchAttributes([{ key: riskAttribute, value: run.prepared.risk }]);
  if (patched('auto-approval')) await awaitApproval(run, run.prepared);
  else await run.enter('awaiting_approval', null);
  if (run.status === 'awaiting_approval' && patched('approval-reminders')) await planReminders(run);
  return run.prepared;
}

/** From the first vote to the end of the time in which the plan can be taken back. */
async function live(run: PlanRun, prepared: PreparedPlan): Promise<void> {
  while (!run.isOver) {
    // Asked first, because it may take long: whoever cancels meanwhile is heard before anything is begun.
    if (run.isReadyToRoll && (!patched('admission') || (await mayStart(run, prepared)))) {
      // Once more just before the first write: a reset may have brought an old approval back to life.
      run.takeSignals();
      await readSignals(run, prepared);
      if (run.isReadyToRoll) run.launch(() => rollOut(run, prepared));
    }
    const running = run.running;
    const hasNews = await condition(() => run.hasSignals || run.hasNotice || run.running !== running, run.patienceMs);
    await takeNotice(run);
    if (run.hasSignals) {
      run.takeSignals();
      await readSignals(run, prepared);
    } else if (!hasNews) {
      if (run.isRollbackWindowOver) return;
      await expireWhenDue(run);
      await remindWhenDue(run);
    }
  }
}

async function takeNotice(run: PlanRun): Promise<void> {
  if (!run.hasNotice) return;
  const latest = run.notices.at(-1);
  run.notices = [];
  if (latest) await run.enter(latest.paused ? 'paused' : 'rolling_out', latest.reason);
}

async function expireWhenDue(run: PlanRun): Promise<void> {
  if (Date.now() < run.expiresAtMs) return;
  const isUndecided = run.status === 'awaiting_approval';
  if (!isUndecided && !(run.status === 'approved' && !run.isApplyRequested)) return;
  const { planId } = run.input;
  await fleet.audit({ key: `${planId}/expired`, action: 'plan.expire', actor: 'svc-worker', planId, outcome: 'ok' });
  await run.enter(
    'expired',
    isUndecided ? 'Nobody decided in time.' : 'It was approved, but nobody asked for it to be applied in time.',
  );
}

/** Reads the signals that came since the last look and acts on each. */
async function readSignals(run: PlanRun, prepared: PreparedPlan): Promise<void> {
  const before = run.votes;
  const { requestedBy } = run.input;
  const news = await fleet.readSignals({ afterEventId: before.lastEventId, requestedBy });
  run.votes = countVotes(before, news, {
    digest: prepared.digest,
    approvalsNeeded: prepared.approvalsNeeded,
    commentRequired: prepared.approvalCommentRequired,
    expiresAtMs: run.expiresAtMs,
  });
  await run.auditVotes(before, news.signals);
  if (news.wasReset && (run.status === 'awaiting_approval' || run.status === 'approved')) {
    await run.enter('cancelled', 'The workflow was reset, so its votes are void; make the plan anew.');
    return;
  }
  if (run.status === 'awaiting_approval' && run.votes.outcome === 'rejected') {
    const rejection = run.votes.approvals.find((vote) => vote.decision === 'reject');
    await run.enter('rejected', `Rejected by ${rejection?.by}${rejection?.comment ? `: ${rejection.comment}` : ''}`);
  } else if (run.status === 'awaiting_approval' && run.votes.outcome === 'approved') {
    await run.enter('approved', null);
  } else if (run.votes.refused.length > before.refused.length || run.votes.approvals.length > before.approvals.length) {
    await run.enter(run.status, run.statusReason);
  }
  for (const signal of news.signals) await control(run, prepared, signal);
}

async function control(run: PlanRun, prepared: PreparedPlan, signal: AttributedSignal): Promise<void> {
  if (signal.signal === 'approve' || signal.signal === 'reject') return;
  // A rollout that is starting can be stopped, but no longer cancelled.
  const isTooLate = signal.signal === 'cancel' && run.running !== null;
  const refused = controlAllowed(signal, run.status) ?? (isTooLate ? 'PLAN_STATE_CONFLICT' : null);
  const { planId } = run.input;
  await fleet.audit({
    key: `${planId}/signal/${workflowInfo().runId}/${signal.eventId}`,
    action: `plan.${signal.signal}`,
    ...actorOf(signal),
    planId,
    environment: run.input.environment,
    outcome: refused ? 'refused' : 'ok',
    code: refused ?? undefined,
    details: { comment: signal.comment, via: signal.via },
  });
  if (refused) return;
  const reason = `${signal.signal} asked by ${signal.byName ?? signal.by}${signal.comment ? `: ${signal.comment}` : ''}`;
  if (signal.signal === 'cancel') await run.enter('cancelled', reason);
  else if (signal.signal === 'apply') run.isApplyRequested = true;
  else if (signal.signal === 'resume') await tellRollout(planId, 'resume', reason);
  else if (signal.signal === 'rollback') {
    await tellRollout(planId, 'abort', reason);
    await run.running;
    run.launch(() => rollBack(run, prepared, { reason, askedAt: signal.at }));
  } else await tellRollout(planId, signal.signal, reason);
}

async function tellRollout(planId: string, signal: 'pause' | 'resume' | 'abort', reason: string): Promise<void> {
  try {
    // By workflow id without a run, so that it also reaches a rollout that continued as new.
    await getExternalWorkflowHandle(rolloutWorkflowId(planId)).signal(signal, { reason });
  } catch (error) {
    // It ended in this very moment: its result says all there is to say.
    log.info('the rollout had ended before it could be told', { planId, signal, error: String(error) });
  }
}

async function rollOut(run: PlanRun, { digest, deviceIds }: PreparedPlan): Promise<void> {
  const { planId, rollout, requestedBy } = run.input;
  if (patched('approvals-recheck')) {
    await fleet.checkApprovals({ planId, requestedBy, approvals: run.votes.approvals, deviceIds });
  }
  await fleet.verifyDigest({ planId, digest, deviceIds: [] });
  const child = await startChild(rolloutWorkflow, {
    workflowId: rolloutWorkflowId(planId),
    // A plan is rolled out once, also when its workflow is reset.
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    args: [{ planId, digest, deviceIds, rollout }],
    parentClosePolicy: 'ABANDON',
    staticSummary: `rollout of ${planId}, ${deviceIds.length} device(s)`,
  }).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw failureOf(bodyOf('APPROVAL_VOID_AFTER_RESET'));
  });
  // Only now may pause and abort be passed on: before, there is nobody to take them.
  await run.enter('rolling_out', null);
  const result = await child.result();
  if (result.outcome !== 'completed') await run.enter('failed', result.reason ?? 'The rollout ended early.');
  else await run.enter('completed', wordsOf(result));
}

function wordsOf({ failed, rolledBack }: RolloutResult): string | null {
  const parts = [
    ...(failed > 0 ? [`${failed} device(s) failed`] : []),
    ...(rolledBack > 0 ? [`${rolledBack} device(s) of failed waves were put back and not changed again`] : []),
  ];
  return parts.length > 0 ? `${parts.join('; ')}.` : null;
}

/** Devices that may hold something of the plan and so must be looked at by a rollback. */
const TOUCHED: PlanDeviceStatus[] = ['applying', 'verifying', 'applied', 'unknown', 'rollback_failed', 'rolling_back'];

async function rollBack(
  run: PlanRun,
  { digest }: PreparedPlan,
  { reason, askedAt }: { reason: string; askedAt: string },
): Promise<void> {
  const { planId, rollout } = run.input;
  await run.enter('rolling_back', reason);
  const touched = await fleet.listPlanDevices({ planId, statuses: TOUCHED });
  const result = await executeChild(rollbackWorkflow, {
    workflowId: rollbackWorkflowId(planId),
    args: [
      { planId, digest, deviceIds: touched.map((device) => device.deviceId), parallel: rollout.batchSize, askedAt },
    ],
    parentClosePolicy: 'ABANDON',
    staticSummary: `rollback of ${planId}, ${touched.length} device(s)`,
  });
  if (result.heldBack)
    await run.enter(
      'failed',
      `${sayWhy(result.heldBack)} The rollback ended before it came to all devices; ask for it again.`,
    );
  else if (result.incomplete.length === 0) await run.enter('rolled_back', reason);
  else
    await run.enter(
      'rollback_incomplete',
      `${result.incomplete.length} device(s) could not be put back; each says why.`,
    );
}
