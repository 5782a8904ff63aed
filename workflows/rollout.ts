import { allHandlersFinished, condition, continueAsNew, patched, workflowInfo } from '@temporalio/workflow';
import type { ChangedDevice, RolloutInput, RolloutResult } from '../shared/contract/plan-messages.ts';
import { fleet } from './activity-options.ts';
import { isHeldBack, listen, sitOut } from './rollout-control.ts';
import { checkAgain, type UnhealthyDevice } from './rollout-gate.ts';
import { RolloutRun } from './rollout-run.ts';
import { changeWave } from './rollout-wave.ts';
import { sayWhy } from './say-why.ts';
import { bodyOf } from './step-write.ts';
import { takeWaveBack } from './take-wave-back.ts';
import { rolloutOfWholeBatches } from './whole-batches.ts';

/**
 * Changes the devices of an approved plan: the canary, then batches that may grow, with a pause between after which what
 * was changed is looked at again. When more fail than the plan tolerates it stops, takes the wave back or has everything
 * taken back if the plan says so, and waits for a person. It waits for one as well when an emergency stop or the policy
 * says that it may not go on. Devices that cannot be reached are tried again later; those that are being changed finish.
 */
export async function rolloutWorkflow(input: RolloutInput): Promise<RolloutResult> {
  if (!patched('waves-of-windows')) return rolloutOfWholeBatches(input);
  const run = new RolloutRun(input);
  listen(run);
  run.facts = await fleet.deviceFacts({ deviceIds: input.deviceIds });
  while (run.isUnfinished || isStillWatched(run)) {
    const ended = await takeTurn(run);
    if (ended) return end(run, ended);
    if (workflowInfo().continueAsNewSuggested && !run.isSteered) {
      await condition(allHandlersFinished);
      // Told so while it waited for that: the next run would not know of it.
      if (run.isSteered) continue;
      return continueAsNew<typeof rolloutWorkflow>({ ...input, carried: run.state });
    }
  }
  return end(run, run.result('completed'));
}

/** The last wave is looked at again like every other. */
function isStillWatched({ state }: RolloutRun): boolean {
  return state.watch !== undefined && patched('last-wave-watched');
}

/** One thing after another: to wait for a person, to watch the last wave, or to change the next. Answers how it ended. */
async function takeTurn(run: RolloutRun): Promise<RolloutResult | null> {
  const { state, options } = run;
  if (run.isPaused && !run.isAborted) await sitOut(run);
  // With every device done there is nothing left to abort but the watching.
  const isDone = !run.isUnfinished && isStillWatched(run);
  if (run.isAborted) return run.result(isDone ? 'completed' : 'aborted');
  // What is only watched writes nothing.
  if (!run.isUnfinished) run.hasNews = false;
  else if (await isHeldBack(run)) return null;
  // Told so while it asked.
  if (run.isSteered) return null;
  if (state.watch) return watchOver(run, state.watch);
  if (!run.beginWave()) {
    // All that were left were left out while it asked.
    if (!run.isUnfinished && patched('all-left-out')) return null;
    const dueMs = Math.min(...state.deferred.map(({ dueAtMs }) => dueAtMs));
    run.show(`waiting for ${state.deferred.length} device(s) that cannot be reached`);
    await run.rest(dueMs - Date.now());
    return null;
  }
  const { changed, heldBack } = await changeWave(run);
  if (run.isOverBudget) return stopAt(run, changed, []);
  // Whoever stopped it meanwhile has said why.
  if (heldBack && !run.isSteered) {
    Object.assign(run, { isPaused: true, reason: sayWhy(heldBack) });
    return null;
  }
  if (state.current && state.current.left.length > 0) return null;
  delete state.current;
  // After a wave whose devices are all away there is nothing to watch, and they are waiting to be tried again.
  const isWatched = changed.length > 0 || !patched('nothing-to-watch');
  if (isWatched && options.pauseSeconds > 0) {
    state.watch = { untilMs: Date.now() + options.pauseSeconds * 1000, changed };
  }
  return null;
}

/** The pause after a wave; at its end what the wave changed is looked at again. */
async function watchOver(
  run: RolloutRun,
  { untilMs, changed }: { untilMs: number; changed: ChangedDevice[] },
): Promise<RolloutResult | null> {
  const leftMs = untilMs - Date.now();
  run.show(
    `waiting ${Math.ceil(Math.max(0, leftMs) / 1000)} s after wave ${run.state.wave} of ${run.progress().waves}`,
  );
  if (leftMs > 0) await run.rest(leftMs);
  if (Date.now() < untilMs) return null;
  run.show(`looking again at what wave ${run.state.wave} changed`);
  const unhealthy = await checkAgain(run, changed);
  delete run.state.watch;
  return run.isOverBudget ? stopAt(run, changed, unhealthy) : null;
}

/** More devices failed than the plan tolerates. */
async function stopAt(
  run: RolloutRun,
  changed: readonly ChangedDevice[],
  unhealthy: readonly UnhealthyDevice[],
): Promise<RolloutResult | null> {
  const { state, options, total } = run;
  const what = `${state.failed} of ${total} devices failed by wave ${state.wave}, more than the plan tolerates`;
  if (options.autoRollback && options.rollbackScope === 'all') {
    run.reason = `${what}; everything that was changed is put back.`;
    return { ...run.result('failed'), takeBackAll: true };
  }
  const isTakenBack = options.autoRollback && changed.length > 0;
  const after = isTakenBack ? await takeWaveBack(run, changed, unhealthy) : 'nothing was put back';
  if (state.current) state.current = { left: state.current.left, changed: [] };
  if (state.current?.left.length === 0) delete state.current;
  run.reason = `${what}; ${after}.`;
  if (!run.isUnfinished) return run.result('failed');
  run.isPaused = true;
  return null;
}

async function end(run: RolloutRun, result: RolloutResult): Promise<RolloutResult> {
  await giveUpDeferred(run);
  await condition(allHandlersFinished);
  run.show(result.outcome);
  return run.state.failed === result.failed ? result : { ...result, failed: run.state.failed };
}

/** Devices that could not be reached until now are not tried again: that must not stand in their rows, and they may be retried. */
async function giveUpDeferred(run: RolloutRun): Promise<void> {
  const { state, input } = run;
  if (state.deferred.length === 0 || !patched('deferred-are-given-up')) return;
  const error = bodyOf(
    'DEVICE_UNREACHABLE',
    'The device could not be reached before the rollout was ended; nothing was written.',
  );
  const given = state.deferred;
  state.deferred = [];
  state.failed += given.length;
  await run.recorder.keep({
    devices: given.map(({ deviceId }) => ({ planId: input.planId, deviceId, status: 'failed' as const, error })),
  });
}
