import { condition, patched, workflowInfo } from '@temporalio/workflow';
import type { AttributedSignal, PreparedPlan, RetryOrder } from '../shared/contract/plan-messages.ts';
import type { PlanDeviceStatus } from '../shared/domain/plan.ts';
import type { ErrorCode } from '../shared/errors/codes.ts';
import { errorBodyOf, fleet } from './activity-options.ts';
import { takeDevicesAgain } from './plan-claims.ts';
import { controlAllowed } from './plan-controls.ts';
import { rollBack, rollOutAgain, tellRollout } from './plan-rollout.ts';
import { actorOf, type PlanRun } from './plan-run.ts';
import { sayLapsed } from './say-lapsed.ts';
import { bodyOf } from './step-write.ts';

/** Acts on a control signal, or refuses it; either is on record before it has any effect. */
export async function control(
  run: PlanRun,
  prepared: PreparedPlan,
  signal: AttributedSignal,
  wasReset: boolean,
): Promise<void> {
  if (signal.signal === 'approve' || signal.signal === 'reject') return;
  const asked = { signal, devices: namedDevices(signal, prepared), wasReset };
  let turn = run.turns;
  let decided = await decide(run, prepared, asked);
  await auditControl(run, signal, decided.refused);
  // It may take long, and meanwhile a rollout may end: what was decided stands for what the plan was then.
  while (decided.refused === null && run.turns !== turn && patched('decided-again')) {
    turn = run.turns;
    decided = await decide(run, prepared, asked);
    if (decided.refused !== null) await auditControl(run, signal, decided.refused, '/late');
  }
  const { refused, held, retried } = decided;
  const { devices } = asked;
  const said = refused === 'PLAN_EXPIRED' ? `${signal.signal} was not begun. ${sayLapsed(run)}` : held;
  if (said !== null) await run.enter(run.status, said);
  if (refused) return;
  const reason = `${signal.signal} asked by ${signal.byName ?? signal.by}${signal.comment ? `: ${signal.comment}` : ''}`;
  if (signal.signal === 'cancel') await run.enter('cancelled', reason);
  else if (signal.signal === 'apply') run.isApplyRequested = true;
  else if (signal.signal === 'skip') await skip(run, devices ?? [], reason);
  else if (signal.signal === 'retry') await retry(run, prepared, { devices: retried });
  else if (signal.signal === 'rollback') await endAndRollBack(run, prepared, { reason, askedAt: signal.at });
  else await tellRollout(run, signal.signal, { reason });
}

interface Asked {
  signal: AttributedSignal;
  /** Those that it names; null when it names none. */
  devices: string[] | null;
  wasReset: boolean;
}

interface Decided {
  refused: ErrorCode | null;
  /** Which other plans hold the devices, in a sentence; null when none does. */
  held: string | null;
  retried: RetryOrder['devices'];
}

async function decide(run: PlanRun, prepared: PreparedPlan, asked: Asked): Promise<Decided> {
  const { signal, devices } = asked;
  if (NEEDS_DEVICES.has(signal.signal) && patched('decides-between-nothing')) await condition(() => !run.isBetween);
  const retried = signal.signal === 'retry' ? await retriedOf(run, devices) : [];
  const notNow = controlAllowed(signal, run.status) ?? conflictOf(run, asked, retried.length);
  if (notNow !== null || !NEEDS_DEVICES.has(signal.signal)) return { refused: notNow, held: null, retried };
  try {
    const held = await takeDevicesAgain(run, prepared, signal);
    return { refused: held === null ? null : 'PLAN_DEVICES_HELD', held, retried };
  } catch (error) {
    // A plan that was reset may not take any.
    return { refused: errorBodyOf(error, 'INTERNAL_ERROR').code, held: null, retried };
  }
}

async function auditControl(
  { input: { planId, environment } }: PlanRun,
  signal: AttributedSignal,
  refused: ErrorCode | null,
  part = '',
): Promise<void> {
  await fleet.audit({
    key: `${planId}/signal/${workflowInfo().runId}/${signal.eventId}${part}`,
    action: `plan.${signal.signal}`,
    ...actorOf(signal),
    planId,
    environment,
    outcome: refused ? 'refused' : 'ok',
    code: refused ?? undefined,
    details: {
      comment: signal.comment,
      via: signal.via,
      ...(signal.deviceIds === undefined ? {} : { deviceIds: signal.deviceIds }),
    },
  });
}

/** Ends the rollout, should one be running, and then takes everything back. */
async function endAndRollBack(
  run: PlanRun,
  prepared: PreparedPlan,
  asked: { reason: string; askedAt: string },
): Promise<void> {
  run.isToBeTakenBack = run.running !== null;
  await tellRollout(run, 'abort', { reason: asked.reason });
  await run.running;
  run.isToBeTakenBack = false;
  run.launch(() => rollBack(run, prepared, asked));
}

/** After the plan's end they take devices that it let go of, and that another plan may hold by now. */
const NEEDS_DEVICES: ReadonlySet<AttributedSignal['signal']> = new Set(['rollback', 'retry']);

/** Those of the plan that the signal names; null when it names none. */
function namedDevices({ deviceIds }: AttributedSignal, prepared: PreparedPlan): string[] | null {
  if (deviceIds === undefined) return null;
  const named = new Set(deviceIds);
  return prepared.deviceIds.filter((deviceId) => named.has(deviceId));
}

function conflictOf(run: PlanRun, { signal: { signal }, devices, wasReset }: Asked, retried: number): ErrorCode | null {
  // A rollout that is starting can be stopped, but no longer cancelled.
  if (signal === 'cancel' && run.running !== null) return 'PLAN_STATE_CONFLICT';
  if (signal === 'skip' && !devices?.length) return 'VALIDATION_ERROR';
  // The workflow is about to end; what would be begun now nobody would look after.
  if ((signal === 'rollback' || signal === 'retry') && run.isRollbackWindowOver) return 'PLAN_STATE_CONFLICT';
  if (signal !== 'retry') return null;
  if (wasReset) return 'APPROVAL_VOID_AFTER_RESET';
  // A paused rollout has begun in time, and goes on.
  if (run.status !== 'paused' && Date.now() >= run.approvalEndsAtMs) return 'PLAN_EXPIRED';
  const isBusy = run.running !== null && run.status !== 'paused';
  return isBusy || retried === 0 ? 'PLAN_STATE_CONFLICT' : null;
}

/** What failed, and, when they are named, devices of failed waves that were put back. */
const FAILED: PlanDeviceStatus[] = ['failed', 'unhealthy', 'unknown', 'rollback_failed'];

async function retriedOf({ input: { planId } }: PlanRun, named: string[] | null): Promise<RetryOrder['devices']> {
  const statuses: PlanDeviceStatus[] = named === null ? FAILED : [...FAILED, 'rolled_back'];
  const found = await fleet.listPlanDevices({ planId, statuses });
  return found
    .filter(({ deviceId }) => named === null || named.includes(deviceId))
    .map(({ deviceId, status }) => ({ deviceId, status }));
}

async function retry(run: PlanRun, prepared: PreparedPlan, order: RetryOrder): Promise<void> {
  if (run.status === 'paused') await tellRollout(run, 'retry', order);
  else run.launch(() => rollOutAgain(run, prepared, order));
}

/** Leaves devices out. A rollout that runs knows which it has not begun; before it runs, all are. */
async function skip(run: PlanRun, deviceIds: string[], reason: string): Promise<void> {
  const { planId } = run.input;
  const error = bodyOf('DEVICE_SKIPPED', `Left out: ${reason}`);
  if (run.running !== null) {
    await tellRollout(run, 'skip', { deviceIds, error });
    return;
  }
  for (const deviceId of deviceIds) run.skipped.add(deviceId);
  await fleet.recordDevices(deviceIds.map((deviceId) => ({ planId, deviceId, status: 'skipped' as const, error })));
}
