import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { ulid } from 'ulid';
import { planLinks, type PlanAddresses } from '../../shared/contract/plan-links.ts';
import { WORKFLOW_QUEUE } from '../../shared/contract/task-queues.ts';
import type { WebhookDelivery } from '../../shared/contract/webhook-messages.ts';
import type { ApprovalReminders, PlanPatch } from '../../shared/contract/fleet-activities.ts';
import { webhookWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { WEBHOOK_WORKFLOW } from '../../shared/contract/workflow-types.ts';
import { groupKeyOfPlan, type PlanNotice } from '../../shared/domain/notice.ts';
import { planEventOf, type PlanEvent } from '../../shared/domain/plan-event.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { NewWebhookEvent } from '../../shared/platform/persistence/stores/webhook-store.ts';
import { isHeldBack, toldOfPlan } from '../../shared/platform/webhooks/told-of.ts';
import type { WebhookSource } from '../../shared/platform/webhooks/webhook-file.ts';
import { planEventBody } from './plan-event-body.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface Announcing {
  source: WebhookSource;
  addresses: PlanAddresses;
}

interface Deps extends Partial<Announcing> {
  client: Client;
  database: Pick<Database, 'plans' | 'webhooks'>;
}

/** Writes a plan's shadow and, in the same transaction, what endpoints are told of it; then has them told. */
export async function recordPlan(
  deps: Deps,
  { patch, told }: { patch: Omit<PlanPatch, 'told' | 'isNewStatus'>; told: PlanPatch['told'] },
): Promise<void> {
  const { plans } = deps.database;
  const event = told === undefined ? null : planEventOf(told.from, told.to);
  const key = told?.key ?? '';
  const plan = event !== null && isAnybodyTold(deps) ? await plans.get(patch.planId) : null;
  const news = event === null || plan === null ? null : newPlanEvent(deps, { key, event, plan: { ...plan, ...patch } });
  await plans.patch(patch, news ?? undefined);
  if (news !== null) await startDeliveries(deps, news.key);
}

/** Tells endpoints of a plan whose status stays as it is. */
export async function announcePlan(
  deps: Deps,
  { planId, event, key }: { planId: string; event: PlanEvent; key: string },
): Promise<void> {
  const plan = await deps.database.plans.get(planId);
  if (plan === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId } });
  const news = newPlanEvent(deps, { key, event, plan });
  if (news === null) return;
  await deps.database.webhooks.add(news);
  await startDeliveries(deps, key);
}

/** When people are reminded of a plan that waits, as configured now; null when nobody would hear of it. */
export async function approvalReminders(
  { source, database }: Deps,
  { planId }: { planId: string },
): Promise<ApprovalReminders | null> {
  const webhooks = source?.current();
  if (webhooks === undefined) return null;
  const { remindAfterSeconds, escalateAfterSeconds } = webhooks.escalation;
  if (remindAfterSeconds === undefined && escalateAfterSeconds === undefined) return null;
  const plan = await database.plans.get(planId);
  if (plan === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId } });
  const isTold = (event: PlanEvent): boolean => toldOfPlan(webhooks, event, plan.environment).length > 0;
  return {
    remindAfterSeconds: isTold('plan.approval_reminder') ? (remindAfterSeconds ?? null) : null,
    escalateAfterSeconds: isTold('plan.approval_escalated') ? (escalateAfterSeconds ?? null) : null,
  };
}

function isAnybodyTold({ source }: Deps): boolean {
  return (source?.current().endpoints.length ?? 0) > 0;
}

/** The event as it is stored; null when nobody is told of it. */
function newPlanEvent(
  { source, addresses }: Deps,
  { key, event, plan }: { key: string; event: PlanEvent; plan: StoredPlan },
): NewWebhookEvent | null {
  if (source === undefined || addresses === undefined) return null;
  const { planId, kind, environment, status } = plan;
  const told = toldOfPlan(source.current(), event, environment);
  if (told.length === 0) return null;
  const nowMs = currentMs();
  const body = planEventBody(event, plan, addresses);
  const eventId = `evt_${ulid(nowMs)}`;
  const [held, now] = [true, false].map((isHeld) =>
    told.filter((endpoint) => isHeldBack(endpoint, event, nowMs) === isHeld).map(({ name }) => name),
  ) as [string[], string[]];
  const content: PlanNotice = {
    of: 'plan',
    type: event,
    at: new Date(nowMs).toISOString(),
    eventId,
    planId,
    kind,
    environment,
    status,
    link: planLinks(addresses, planId).console,
  };
  const later = held.length === 0 ? undefined : { endpoints: held, groupKey: groupKeyOfPlan(planId), content };
  return { eventId, key, type: event, planId, environment, body, endpoints: now, held: later };
}

/**
 * Has every endpoint told, each by a workflow of its own. Done again, as by a repeated attempt, it starts none twice.
 */
async function startDeliveries({ client, database }: Deps, key: string): Promise<void> {
  // Not from what was about to be kept: an attempt before this one may have kept it under another id.
  const { eventId = '', endpoints = [] } = (await database.webhooks.find(key)) ?? {};
  for (const endpoint of endpoints) {
    // oxlint-disable-next-line no-await-in-loop -- few, and quick
    await startDelivery(client, { eventId, endpoint }).catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
  }
}

/** Begins the workflow that tells one endpoint; fails with WorkflowExecutionAlreadyStartedError when it was begun before. */
export async function startDelivery(client: Pick<Client, 'workflow'>, delivery: WebhookDelivery): Promise<void> {
  await client.workflow.start<(given: WebhookDelivery) => Promise<string>>(WEBHOOK_WORKFLOW, {
    workflowId: webhookWorkflowId(delivery),
    taskQueue: WORKFLOW_QUEUE,
    args: [delivery],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    staticSummary: `${delivery.eventId} to ${delivery.endpoint}`,
  });
}
