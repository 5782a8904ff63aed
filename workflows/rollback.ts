import { continueAsNew, patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { RollbackInput, RollbackResult } from '../shared/contract/plan-messages.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { fleet } from './activity-options.ts';
import { changeInChild, progressOf } from './device-child.ts';
import { fenced } from './markdown.ts';
import { outcomeOfPlan } from './record-outcome.ts';

/**
 * Puts devices back to what was captured before the plan, newest first. A device that somebody changed meanwhile is left
 * alone and named; the others go on. Continues as new, so that a thousand devices are no longer history. An emergency stop that is placed after it was asked for ends it at the next device.
 */
export async function rollbackWorkflow(input: RollbackInput): Promise<RollbackResult> {
  const { planId, digest, parallel, askedAt } = input;
  const queue = [...input.deviceIds].reverse();
  const result: RollbackResult = input.carried ?? { rolledBack: 0, incomplete: [] };
  const names = await fleet.deviceNames({ deviceIds: queue });
  const { stepsDigests } = await fleet.verifyDigest({ planId, digest, deviceIds: queue });
  show(input, result, queue.length);
  const next = async (): Promise<void> => {
    while (!workflowInfo().continueAsNewSuggested) {
      const deviceId = queue.shift();
      if (deviceId === undefined) return;
      await undoDevice(deviceId);
      show(input, result, queue.length);
    }
  };
  const undoDevice = async (deviceId: string): Promise<void> => {
    await fleet.recordDevices([{ planId, deviceId, status: 'rolling_back' }]);
    // A batch and the whole plan may both be taken back: each is an act of its own.
    const key = `${planId}/undo/${deviceId}/${workflowInfo().runId}`;
    const undo = { key, action: 'device.rollback', actor: 'svc-worker', planId, deviceId };
    // What cannot be recorded does not happen.
    const isFirst = patched('audit-first');
    if (isFirst) await fleet.audit({ ...undo, outcome: 'requested' });
    const outcome = await changeInChild({
      deviceId,
      deviceName: names[deviceId] ?? deviceId,
      cause: {
        by: 'plan',
        planId,
        stepsDigest: stepsDigests[deviceId] ?? '',
        direction: 'undo',
        ...(isFirst ? { auditKey: key } : {}),
        ...(askedAt === undefined ? {} : { undoAskedAt: askedAt }),
      },
    });
    if (outcome.isHeld && outcome.error) {
      result.heldBack = outcome.error;
      queue.length = 0;
      // It still holds what the plan wrote, so a later rollback comes back to it.
      await fleet.recordDevices([
        { planId, deviceId, status: input.was?.[deviceId] ?? 'applied', error: outcome.error },
      ]);
      const { code, message } = outcome.error;
      if (isFirst) await fleet.audit({ ...undo, key: `${key}/outcome`, outcome: 'refused', code, message });
      return;
    }
    await fleet.recordDevices([progressOf(planId, deviceId, 'undo', outcome)]);
    await fleet.audit({
      ...undo,
      key: isFirst ? `${key}/outcome` : key,
      ...outcomeOfPlan(outcome),
      details: { result: outcome.outcome },
    });
    if (outcome.error === null) result.rolledBack += 1;
    else result.incomplete.push({ deviceId, name: names[deviceId] ?? deviceId, ...inShort(outcome.error) });
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(parallel, 20)) }, next));
  if (queue.length === 0) return result;
  return continueAsNew<typeof rollbackWorkflow>({ ...input, deviceIds: queue.reverse(), carried: result });
}

/** What whoever asked needs to know of a device; all of it is in its row. */
function inShort({
  code,
  message,
  retryable,
  details,
}: ErrorBody): Pick<RollbackResult['incomplete'][number], 'error' | 'leftObjects'> {
  const left = details?.['left'];
  const error = { code, message: message.slice(0, MESSAGE_AT_MOST), retryable };
  return Array.isArray(left) && left.length > 0 ? { error, leftObjects: left.length } : { error };
}

const MESSAGE_AT_MOST = 300;

/** Devices that a card lists one by one. */
const LISTED_AT_MOST = 20;

function show({ planId }: RollbackInput, { rolledBack, incomplete, heldBack }: RollbackResult, toDo: number): void {
  const lines = [
    `**${planId}**: ${heldBack ? 'held back' : 'taking it back'}`,
    '',
    '| put back | not put back | to do |',
    '|---|---|---|',
    `| ${rolledBack} | ${incomplete.length} | ${toDo} |`,
  ];
  if (heldBack) lines.push('', `**${heldBack.code}**: ${fenced(heldBack.message, 1_000)}`);
  if (incomplete.length > 0) lines.push('', '### Not put back', '');
  for (const { deviceId, name, error } of incomplete.slice(0, LISTED_AT_MOST)) {
    lines.push(`- **${name ?? deviceId}**, ${error.code}: ${fenced(error.message, 300)}`);
  }
  if (incomplete.length > LISTED_AT_MOST) lines.push(`- and ${incomplete.length - LISTED_AT_MOST} more`);
  setCurrentDetails(lines.join('\n'));
}
