import { planLinks, type PlanAddresses } from '../../shared/contract/plan-links.ts';
import type { PlanEvent } from '../../shared/domain/plan-event.ts';
import { sayRisk } from '../../shared/domain/say-risk.ts';
import { sayRollout } from '../../shared/domain/say-rollout.ts';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import { progressOf } from '../../shared/platform/persistence/plan-progress.ts';
import type { StoredPlan, StoredPlanDevice } from '../../shared/platform/persistence/stores/plan-store.ts';
import { currentIso } from '../../shared/platform/process/platform-clock.ts';

/** Devices and failures an event names; the plan's page has all. */
const NAMED_AT_MOST = 20;

/**
 * What endpoints are told of a plan, as the text that is signed. Of what routers said there is nothing in it: devices by
 * name, failures by code and the platform's own sentence for it.
 */
export function planEventBody(event: PlanEvent, plan: StoredPlan, addresses: PlanAddresses): string {
  const changed = plan.devices.filter(({ changes }) => changes.length > 0);
  const { planId, kind, environment, status, risk, riskReasons, digest, createdAt, expiresAt } = plan;
  const { rollout, requestedBy, requestedByName, comment, preChecks } = plan;
  const words = sayRollout(rollout, changed.length);
  const data = {
    plan: {
      planId,
      kind,
      environment,
      status,
      digest,
      requestedBy,
      requestedByName,
      comment,
      createdAt,
      expiresAt,
      risk,
      riskReasons,
      riskInWords: sayRisk({ risk, riskReasons }),
      warnings: preChecks.filter(({ result }) => result !== 'ok').map(({ check, result }) => ({ check, result })),
      approvals: {
        needed: plan.approvalsNeeded,
        given: plan.approvals.filter(({ decision }) => decision === 'approve').length,
        commentRequired: plan.approvalCommentRequired,
        votes: plan.approvals.map(({ by, at, decision, via, comment: why }) => ({
          by,
          at,
          decision,
          via,
          comment: why,
        })),
      },
      devices: {
        total: plan.devices.length,
        toChange: changed.length,
        alreadySo: plan.devices.length - changed.length,
        names: changed.slice(0, NAMED_AT_MOST).map(({ name }) => name),
        namesLeftOut: Math.max(0, changed.length - NAMED_AT_MOST),
      },
      progress: progressOf(plan.devices),
      failures: failuresOf(plan.devices),
      rollout: { ...words, notBefore: rollout.notBefore ?? null },
      links: planLinks(addresses, planId),
    },
  };
  return JSON.stringify({ type: event, timestamp: currentIso(), data });
}

function failuresOf(
  devices: readonly StoredPlanDevice[],
): { device: string; status: string; code: string; message: string }[] {
  return devices
    .flatMap(({ name, status, error }) =>
      error === undefined ? [] : [{ device: name, status, code: error.code, message: ERROR_CODES[error.code].public }],
    )
    .slice(0, NAMED_AT_MOST);
}
