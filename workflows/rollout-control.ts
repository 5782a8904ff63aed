import { condition, getExternalWorkflowHandle, log, patched, setHandler } from '@temporalio/workflow';
import { ROLLOUT_NOTICE_SIGNAL, type RolloutNotice } from '../shared/contract/plan-messages.ts';
import { planWorkflowId } from '../shared/contract/workflow-ids.ts';
import { fleet } from './activity-options.ts';
import type { RolloutRun } from './rollout-run.ts';
import {
  abortRollout,
  pauseRollout,
  recheckRollout,
  resumeRollout,
  retryDevices,
  rolloutProgress,
  skipDevices,
} from './rollout-signals.ts';
import { sayWhy } from './say-why.ts';

/** Lets the rollout be steered and looked at. What it is told is heeded at the next safe point: no device is cut off. */
export function listen(run: RolloutRun): void {
  const { planId } = run.input;
  const resume = (): void => void Object.assign(run, { isPaused: false, reason: null });
  setHandler(pauseRollout, ({ reason }) => void Object.assign(run, { isPaused: true, reason }), {
    description: 'Sent by the plan: begin no more devices for now.',
  });
  setHandler(resumeRollout, resume, { description: 'Sent by the plan: go on.' });
  setHandler(abortRollout, ({ reason }) => void Object.assign(run, { isAborted: true, reason }), {
    description: 'Sent by the plan: begin no more devices.',
  });
  setHandler(
    skipDevices,
    async (order) => {
      const { error } = order;
      const skipped = run.skip(order);
      if (skipped.length === 0) return;
      await run.recorder.keep({
        devices: skipped.map((deviceId) => ({ planId, deviceId, status: 'skipped' as const, error })),
      });
    },
    { description: 'Sent by the plan: leave these devices out; one that is being changed is finished.' },
  );
  setHandler(
    retryDevices,
    async (order) => {
      const clean = run.retry(order);
      if (patched('retries-keep-budget')) run.keepBudget();
      resume();
      await run.recorder.keep({
        devices: clean.map((deviceId) => ({ planId, deviceId, status: 'pending' as const, error: null })),
      });
    },
    { description: 'Sent by the plan: go on, with these devices first.' },
  );
  setHandler(recheckRollout, () => void Object.assign(run, { hasNews: true }), {
    description: 'Look now whether the rollout may go on.',
  });
  setHandler(rolloutProgress, () => run.progress(), { description: 'How far the rollout is, and when it will end.' });
}

/** Whether the devices must be left alone for now; then the rollout is paused, and says why. */
export async function isHeldBack(run: RolloutRun): Promise<boolean> {
  run.hasNews = false;
  const { planId } = run.input;
  const admission = await fleet.mayProceed({ stage: 'wave', planId, deviceIds: run.open });
  if (admission.answer === 'proceed') return false;
  Object.assign(run, { isPaused: true, reason: sayWhy(admission.reason) });
  return true;
}

/** Waits until somebody lets the rollout go on, or ends it. */
export async function sitOut(run: RolloutRun): Promise<void> {
  run.show(`paused: ${run.reason ?? 'asked to'}`);
  // Nobody can say when it ends.
  await run.recorder.keep({});
  await tellPlan(run, { paused: true, reason: run.reason });
  await condition(() => !run.isPaused || run.isAborted);
  if (run.isAborted) return;
  await tellPlan(run, { paused: false, reason: null });
  run.state.acceptedFailures = run.state.failed;
}

async function tellPlan({ input: { planId } }: RolloutRun, notice: RolloutNotice): Promise<void> {
  try {
    await getExternalWorkflowHandle(planWorkflowId(planId)).signal(ROLLOUT_NOTICE_SIGNAL, notice);
  } catch (error) {
    // A plan that somebody terminated cannot be told; its devices are looked after all the same.
    log.warn('the plan could not be told', { planId, error: String(error) });
  }
}
