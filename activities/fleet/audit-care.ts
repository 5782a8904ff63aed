import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Logger } from 'pino';
import { deviceChangeWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { OpenAction } from '../../shared/platform/persistence/stores/audit-records.ts';
import { OUTCOME_SUFFIX, type AuditRecord } from '../../shared/platform/persistence/stores/audit-record.ts';

export interface AuditCareDeps {
  database: Pick<Database, 'audit' | 'calls'>;
  client: Client;
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
  const isDue = last === null || Date.now() - Date.parse(last.at) >= DAY_MS || head.seq - last.seq >= ENTRIES_BETWEEN;
  if (!isDue) return null;
  log?.info({ event: 'audit.anchor', seq: head.seq, hash: head.hash }, 'audit anchor');
  await database.audit.anchor(head);
  return { seq: head.seq };
}

/**
 * Completes the records of calls whose process died before it could say what came of them: by the kept call where there is
 * one, else as unknown. What is still worked on is left for the next time. Answers how many were completed.
 */
export async function settleOpenActions(deps: AuditCareDeps): Promise<number> {
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

type Ending = Pick<AuditRecord, 'outcome' | 'code' | 'message'>;

const UNKNOWN: Ending = {
  outcome: 'unknown',
  code: 'OUTCOME_UNKNOWN',
  message: 'The process that carried it out is gone, and nothing says what came of it.',
};

/** Null while it goes on. */
async function endingOf(
  { database, client }: AuditCareDeps,
  { key, actor, deviceId }: OpenAction,
): Promise<Ending | null> {
  const [, callId = ''] = key.split('/');
  const call = await database.calls.get(actor, callId);
  if (call?.status === 'working' && !call.followsPlan && call.silentMs < SILENT_MS) return null;
  if (call?.status === 'completed') return { outcome: 'ok' };
  if (call?.status === 'failed' && call.error !== null && call.error.code !== 'OUTCOME_UNKNOWN') {
    return { outcome: 'failed', code: call.error.code, message: call.error.message };
  }
  return deviceId !== null && (await isChanging(client, deviceId)) ? null : UNKNOWN;
}

/** Its workflow writes the outcome itself when it ends. */
async function isChanging(client: Client, deviceId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(deviceChangeWorkflowId(deviceId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
