import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { planIdOfCall } from '../../shared/contract/plan-id-of-call.ts';
import { deviceChangeWorkflowId, planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { OpenAction } from '../../shared/platform/persistence/stores/audit-records.ts';
import { isRunning } from './claim-devices.ts';
import { settleEndedPlans, type EndedPlansDeps } from './settle-ended-plans.ts';
import { OUTCOME_SUFFIX, type AuditRecord } from '../../shared/platform/persistence/stores/audit-record.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface AuditCareDeps extends EndedPlansDeps {
  database: EndedPlansDeps['database'] & Pick<Database, 'audit' | 'calls' | 'stops'>;
  /** Default: nobody hears of anchors. */
  log?: Pick<Logger, 'info'> | undefined;
}

const DAY_MS = 86_400_000;
/** A busy deployment is anchored more often than daily. */
const ENTRIES_BETWEEN = 10_000;

/** By then the front end has answered, or keeps the call and says so. */
const OPEN_MS = 15 * 60_000;
/** A kept call whose process was silent for so long is worked on by nobody. */
const SILENT_MS = 5 * 60_000;
const SETTLED_AT_ONCE = 500;

/**
 * Notes where the chain of the audit ends, once a day and whenever many entries came: in the log, which goes elsewhere, and
 * then in the database. A repeated attempt logs the same once more.
 */
export async function anchorAudit({ database, log }: AuditCareDeps): Promise<{ seq: number } | null> {
  const [head, last] = await Promise.all([database.audit.head(), database.audit.lastAnchor()]);
  if (head.seq === (last?.seq ?? 0)) return null;
  const isDue = last === null || currentMs() - Date.parse(last.at) >= DAY_MS || head.seq - last.seq >= ENTRIES_BETWEEN;
  if (!isDue) return null;
  log?.info({ event: 'audit.anchor', seq: head.seq, hash: head.hash }, 'audit anchor');
  await database.audit.anchor(head);
  return { seq: head.seq };
}

/**
 * Completes the records of calls, and of devices of plans, whose process or workflow was gone before it could say what came
 * of them: by the plan or the kept call where there is one, else as unknown. What is still worked on is left for the next
 * time. Answers how many were completed.
 */
export async function settleOpenActions(deps: AuditCareDeps): Promise<number> {
  await recordLateStops(deps.database);
  await settleEndedPlans(deps, OPEN_MS);
  const open = await deps.database.audit.openActions({ openMs: OPEN_MS, limit: SETTLED_AT_ONCE });
  let settled = 0;
  for (const action of open) {
    // oxlint-disable-next-line no-await-in-loop -- few, and nobody waits for them
    const ending = await endingOf(deps, action);
    if (ending === null) continue;
    const { action: name, actor, planId, deviceId, environment, operation, correlationId, traceId } = action;
    const about = { action: name, actor, planId, deviceId, environment, operation, correlationId, traceId };
    const record = { ...about, ...ending, key: `${action.key}${OUTCOME_SUFFIX}`, via: 'workflow' };
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (await deps.database.audit.append({ ...record, details: { settledBy: 'svc-worker' } })) settled += 1;
  }
  return settled;
}

/** Emergency stops hold although the audit could not take their record; it is made from what their rows say. */
async function recordLateStops({ stops, audit }: AuditCareDeps['database']): Promise<void> {
  for (const { stopId, scope, reason, placedBy, placedAt } of await stops.unrecorded()) {
    // oxlint-disable-next-line no-await-in-loop -- few, and in their order
    await audit.append({
      key: `call/${stopId.slice('stp_'.length)}`,
      at: placedAt,
      action: 'emergency_stop',
      operation: 'emergency_stop',
      actor: placedBy,
      via: 'workflow',
      deviceId: scope.on === 'device' ? scope.deviceId : null,
      environment: scope.on === 'environment' ? scope.environment : null,
      outcome: 'ok',
      arguments: { ...scope, reason },
      details: { stopId, settledBy: 'svc-worker' },
    });
  }
}

type Ending = Pick<AuditRecord, 'outcome' | 'code' | 'message' | 'planId'>;

const UNKNOWN: Ending = {
  outcome: 'unknown',
  code: 'OUTCOME_UNKNOWN',
  message: 'The process that carried it out is gone, and nothing says what came of it.',
};

/** Null while it goes on. */
async function endingOf(deps: AuditCareDeps, open: OpenAction): Promise<Ending | null> {
  if (!open.key.startsWith('call/')) return endingOfChange(deps, open);
  const { database, client } = deps;
  const { key, action, actor, deviceId } = open;
  const [, callId = ''] = key.split('/');
  const ofProposal = action.startsWith('plan_') ? await endingOfProposal(deps, planIdOfCall(callId)) : 'none';
  if (ofProposal !== 'none') return ofProposal;
  const call = await database.calls.get(actor, callId);
  if (call?.status === 'working' && !call.followsPlan && call.silentMs < SILENT_MS) return null;
  if (call?.status === 'completed') return { outcome: 'ok' };
  if (call?.status === 'failed' && call.error !== null && call.error.code !== 'OUTCOME_UNKNOWN') {
    return { outcome: 'failed', code: call.error.code, message: call.error.message };
  }
  return deviceId !== null && (await isChanging(client, deviceId)) ? null : UNKNOWN;
}

const NEVER_PREPARED = 'The process that proposed it ended before the plan was begun; propose it anew.';

/** By the plan that it made; `none` where it came to none. */
async function endingOfProposal({ database, client }: AuditCareDeps, planId: string): Promise<Ending | null | 'none'> {
  const plan = await database.plans.get(planId);
  if (plan === null) return 'none';
  // Its workflow writes the outcome itself when the plan is prepared.
  if (plan.status === 'preparing') {
    if (await isRunning(client, planWorkflowId(planId))) return null;
    // The process that made its row was gone before it had begun the workflow; nobody else ever moves the row.
    await database.plans.patch({ planId, status: 'failed', statusReason: NEVER_PREPARED });
    return { outcome: 'failed', code: 'SERVICE_UNAVAILABLE', message: NEVER_PREPARED, planId };
  }
  if (plan.digest !== '') return { outcome: 'ok', planId };
  return { outcome: 'failed', code: 'INTERNAL_ERROR', message: plan.statusReason, planId };
}

/** Of a device of a plan whose rollout or rollback was ended before it heard what came of it. */
async function endingOfChange(
  { database, client }: AuditCareDeps,
  { key, planId, deviceId }: OpenAction,
): Promise<Ending | null> {
  const [, direction, , runId = ''] = key.split('/');
  if (planId === null || deviceId === null) return UNKNOWN;
  if ((await isRunningRun(client, runId)) || (await isChanging(client, deviceId))) return null;
  const device = (await database.plans.get(planId))?.devices.find((one) => one.deviceId === deviceId);
  if (direction === 'apply' && device?.error?.code === 'DEVICE_SKIPPED') {
    return { outcome: 'refused', message: 'It was held back, and then left out.' };
  }
  // One that is in trouble since was changed all the same.
  const done: readonly unknown[] = direction === 'undo' ? ['rolled_back'] : ['applied', 'unhealthy', 'skipped'];
  if (done.includes(device?.status)) return { outcome: 'ok' };
  if (direction === 'apply' && device?.status === 'pending') {
    return { outcome: 'refused', message: 'It was held back, and the rollout ended before its turn came again.' };
  }
  return UNKNOWN;
}

/** Its workflow writes the outcome itself when it ends. */
function isChanging(client: Client, deviceId: string): Promise<boolean> {
  return isRunning(client, deviceChangeWorkflowId(deviceId));
}

async function isRunningRun(client: Client, runId: string): Promise<boolean> {
  // The key of a record is no text to put into a query as it is.
  if (!/^[\da-f-]{36}$/.test(runId)) return false;
  const { count } = await client.workflow.count(`RunId = '${runId}' AND ExecutionStatus = 'Running'`);
  return count > 0;
}
