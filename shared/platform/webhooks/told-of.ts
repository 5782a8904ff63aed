import type { Environment } from '../../domain/environment.ts';
import type { FleetEvent } from '../../domain/fleet-event.ts';
import { passes } from '../../domain/notice.ts';
import type { PlanEvent } from '../../domain/plan-event.ts';
import { isQuiet } from '../../domain/quiet-hours.ts';
import { DEFAULT_EVENTS, type ToldEvent } from '../../domain/told-event.ts';
import type { WebhookEndpoint, Webhooks } from './webhook-file.ts';

/** The endpoints that are told of an event of a plan. */
export function toldOfPlan(
  { endpoints, escalation }: Webhooks,
  event: PlanEvent,
  environment: Environment,
): WebhookEndpoint[] {
  const also = event === 'plan.approval_escalated' ? (escalation.escalateTo ?? []) : [];
  return endpoints.filter((endpoint) => also.includes(endpoint.name) || wants(endpoint, event, environment));
}

/** The endpoints that are told of an event of the fleet. */
export function toldOfFleet({ endpoints }: Pick<Webhooks, 'endpoints'>, event: FleetEvent): WebhookEndpoint[] {
  const { type, environment, deviceId, tags } = event;
  return endpoints.filter(
    (endpoint) =>
      wants(endpoint, type, environment) &&
      (deviceId === null || (endpoint.tags?.some((tag) => tags.includes(tag)) ?? true)),
  );
}

/** Whether an endpoint is told later, because its quiet hours hold back what is of this type. */
export function isHeldBack({ quietHours }: WebhookEndpoint, type: string, nowMs: number): boolean {
  return quietHours !== null && !passes(quietHours, type) && isQuiet(quietHours, nowMs);
}

/** What is of no environment concerns them all. */
function wants({ events, environments }: WebhookEndpoint, event: ToldEvent, environment: Environment | null): boolean {
  return (
    (events ?? DEFAULT_EVENTS).includes(event) &&
    (environment === null || (environments?.includes(environment) ?? true))
  );
}
