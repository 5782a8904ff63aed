import { planWorkflowId } from './workflow-ids.ts';

export interface PlanAddresses {
  /** Origin of the web process as people reach it. */
  publicUrl: string;
  /** Origin of the approval gateway. */
  approvalUrl: string;
  /** Temporal namespace of the plans. */
  namespace: string;
}

/** Where people find a plan: its page, and its workflow in the Temporal UI behind the approval gateway. */
export function planLinks(
  { publicUrl, approvalUrl, namespace }: PlanAddresses,
  planId: string,
): { console: string; temporal: string } {
  const workflow = encodeURIComponent(planWorkflowId(planId));
  return {
    console: `${publicUrl}/plans/${planId}`,
    temporal: `${approvalUrl}/namespaces/${namespace}/workflows/${workflow}`,
  };
}
