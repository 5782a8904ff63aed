import type { z } from 'zod';
import { planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { groupsOf } from '../../shared/domain/plan-groups.ts';
import { progressOf } from '../../shared/platform/persistence/plan-progress.ts';
import type { StoredPlan, StoredPlanSummary } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { PlanLine } from './plan-shape.ts';

export interface PlanAddresses {
  /** Origin of this process as people reach it. */
  publicUrl: string;
  /** Origin of the approval gateway. */
  approvalUrl: string;
  /** Temporal namespace of the plans. */
  namespace: string;
}

/** Shows stored plans with the addresses where people find them. */
export interface PlanViews {
  whole(plan: StoredPlan): Plan;
  line(plan: StoredPlanSummary): z.output<typeof PlanLine>;
  linksOf(planId: string): Plan['links'];
}

export function createPlanViews({ publicUrl, approvalUrl, namespace }: PlanAddresses): PlanViews {
  function linksOf(planId: string): Plan['links'] {
    const workflow = encodeURIComponent(planWorkflowId(planId));
    return {
      console: new URL(`/plans/${planId}`, publicUrl).href,
      temporal: new URL(`/namespaces/${namespace}/workflows/${workflow}`, approvalUrl).href,
    };
  }
  return {
    linksOf,
    whole(stored) {
      const { requestedByName: _, input: __, revision: ___, devices, ...plan } = stored;
      return {
        ...plan,
        devices: devices.map(({ deviceId, name, status, changes, error, snapshotId }) => ({
          deviceId,
          name,
          status,
          changes,
          ...(error === undefined ? {} : { error }),
          ...(snapshotId === undefined ? {} : { snapshotId }),
        })),
        groups: groupsOf(devices),
        progress: progressOf(devices),
        links: linksOf(stored.planId),
      };
    },
    line(stored) {
      const { deviceIds: _, approvals: __, refusedDecisions: ___, riskReasons: ____, ...plan } = stored;
      const { rollout: _____, requestedByName: ______, revision: _______, ...line } = plan;
      return { ...line, links: linksOf(stored.planId) };
    },
  };
}
