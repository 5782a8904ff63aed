import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  log,
  patched,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import {
  DEVICES_RELEASED_SIGNAL,
  RECHECK_SIGNAL,
  ROLLOUT_NOTICE_SIGNAL,
  type PlanSignal,
  type PlanState,
  type PlanWorkflowInput,
  type PreparedPlan,
  type RolloutNotice,
} from '../shared/contract/plan-messages.ts';
import { errorBodyOf, failureOf, fleet } from './activity-options.ts';
import { planReminders, remindWhenDue } from './approval-reminders.ts';
import { countVotes } from './plan-decisions.ts';
import { rollOut, tellRollout, touchedDevices } from './plan-rollout.ts';
import { control } from './plan-steering.ts';
import { preparePlan } from './plan-preparation.ts';
import { awaitApproval, mayStart } from './plan-start.ts';
import { PlanRun } from './plan-run.ts';
import { recordProposal } from './record-outcome.ts';
import { sayLapsed } from './say-lapsed.ts';

export const preparedUpdate = defineUpdate<PreparedPlan>('prepared');
export const planState = defineQuery<PlanState>('state');
export const devicesReleased = defineSignal(DEVICES_RELEASED_SIGNAL);
export const recheckPlan = defineSignal(RECHECK_SIGNAL);
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
  pause: 'Begin no more devices for now. Input: {"comment": "why"}',
  resume: 'Go on with a paused rollout. Input: {"comment": "why"}',
  abort: 'Start no more devices; what is changed stays changed. Input: {"comment": "why"}',
  skip: 'Leave devices out that are not changed yet. Input: {"deviceIds": ["dev_…"], "comment": "why"}',
  retry: 'Try devices that failed once more; all of them, or those named. Input: {"comment": "why"}',
  rollback: 'Put every changed device back. Input: {"comment": "why"}',
  apply: 'Start an approved plan that waits to be asked for.',
  cancel: 'Withdraw a plan that has not started.',
} as const satisfies Record<PlanSignal, string>;

function listen(run: PlanRun): void {
  for (const [signal, description] of Object.entries(SIGNAL_HELP)) {
    setHandler(defineSignal<[unknown]>(signal), run.nudge, { description });
  }
  setHandler(recheckPlan, () => tellRollout(run, RECHECK_SIGNAL, {}), {
    description: 'Have the rollout look now whether it may go on.',
  });
  setHandler(devicesReleased, run.wake, { description: 'Another plan let go of devices that this one may wait for.' });
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
    await run.enter(run.refusal.code === 'PLAN_EMPTY' ? 'cancelled' : 'failed', `Not made: ${run.refusal.message}`);
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
    if (await expireApprovalWhenDue(run)) return;
    // Asked first, because it may take long: whoever cancels meanwhile is heard before anything is begun.
    if (run.isReadyToRoll && (!patched('admission') || (await mayStart(run, prepared)))) {
      // Once more just before the first write: a reset may have brought an old approval back to life.
      run.takeSignals();
      await readSignals(run, prepared);
      // Asking may have taken until after the end of the approvals.
      if (Date.now() >= run.approvalEndsAtMs && patched('lapsed-while-asking')) continue;
      if (run.isReadyToRoll) run.launch(() => rollOut(run, prepared));
    }
    const running = run.running;
    const hasNews = await condition(
      () => run.hasSignals || run.hasNotice || run.isWoken || run.running !== running,
      run.patienceMs,
    );
    run.takeWake();
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

/** Its votes are void. What a rollout did before is known to the rows alone. */
async function voidAfterReset(run: PlanRun): Promise<void> {
  const knowsRollouts = patched('reset-after-begin');
  if (knowsRollouts) await tellRollout(run, 'abort', { reason: 'The plan was reset.' });
  const held = knowsRollouts ? await touchedDevices(run) : [];
  if (held.length === 0) {
    await run.enter('cancelled', 'The workflow was reset, so its votes are void; make the plan anew.');
    return;
  }
  const devices = held.length === 1 ? 'One device holds' : `${held.length} devices hold`;
  // What was reset writes nothing, so there is no time in which it could be taken back.
  run.settledAtMs = 0;
  await run.enter(
    'failed',
    `The workflow was reset after its rollout had begun, so its votes are void and nothing of it is written any more. ${devices} something of the plan: make one that sets what should be there.`,
  );
}

/** What was approved long ago, and has not begun, is not what anybody expects to begin now. */
async function expireApprovalWhenDue(run: PlanRun): Promise<boolean> {
  const { status, running, approvalEndsAtMs } = run;
  if (status !== 'approved' || running !== null || Date.now() < approvalEndsAtMs) return false;
  await auditExpiry(run);
  const waited = run.statusReason === null ? '' : ` Until then: ${run.statusReason}`;
  await run.enter('expired', `${sayLapsed(run)}${waited}`);
  return true;
}

async function auditExpiry({ input: { planId } }: PlanRun): Promise<void> {
  await fleet.audit({ key: `${planId}/expired`, action: 'plan.expire', actor: 'svc-worker', planId, outcome: 'ok' });
}

async function expireWhenDue(run: PlanRun): Promise<void> {
  if (Date.now() < run.expiresAtMs) return;
  const isUndecided = run.status === 'awaiting_approval';
  if (!isUndecided && !(run.status === 'approved' && !run.isApplyRequested)) return;
  await auditExpiry(run);
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
    await voidAfterReset(run);
    return;
  }
  const [last, lastBefore] = [run.votes.refused.at(-1), before.refused.at(-1)];
  // Only the last ones are kept, so that their number says nothing in the end.
  const hasRefused =
    run.votes.refused.length > before.refused.length || (last !== lastBefore && patched('refused-beyond-kept'));
  if (run.status === 'awaiting_approval' && run.votes.outcome === 'rejected') {
    const rejection = run.votes.approvals.find((vote) => vote.decision === 'reject');
    await run.enter('rejected', `Rejected by ${rejection?.by}${rejection?.comment ? `: ${rejection.comment}` : ''}`);
  } else if (run.status === 'awaiting_approval' && run.votes.outcome === 'approved') {
    await run.enter('approved', null);
  } else if (hasRefused || run.votes.approvals.length > before.approvals.length) {
    await run.enter(run.status, run.statusReason);
  }
  for (const signal of news.signals) await control(run, prepared, signal, news.wasReset);
}
