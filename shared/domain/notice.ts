import { z } from 'zod';
import { FleetEvent } from './fleet-event.ts';
import { isQuiet, wasQuiet, type QuietHours } from './quiet-hours.ts';

/** What an endpoint is yet to be told: an event of the fleet, or one of a plan that quiet hours hold back. */
export const NoticeContent = z.discriminatedUnion('of', [
  z.object({ of: z.literal('fleet'), event: FleetEvent }),
  z.object({
    of: z.literal('plan'),
    type: z.string(),
    at: z.string(),
    /** The stored event with all of it. */
    eventId: z.string(),
    planId: z.string(),
    kind: z.string(),
    environment: z.string(),
    status: z.string(),
    link: z.string().nullable(),
  }),
]);
export type NoticeContent = z.infer<typeof NoticeContent>;
export type PlanNotice = Extract<NoticeContent, { of: 'plan' }>;

/** When one endpoint is told. */
export interface Pace {
  /** Events of one group within so many seconds are one message; 0 tells each at once. */
  groupSeconds: number;
  /** Null: never quiet. */
  quietHours: QuietHours | null;
}

/** The place a device is at: its tag that begins with `site:`, the first by name; else its environment. */
export function placeOf({ tags, environment }: Pick<FleetEvent, 'tags' | 'environment'>): string {
  const [site] = tags.filter((tag) => tag.startsWith('site:')).sort();
  return site ?? `environment:${environment ?? 'none'}`;
}

/**
 * Events with the same one are told together: those of one type of the devices of one place, so that a site that is cut off
 * is one message. What is of no device, or urgent, is alone.
 */
export function groupKeyOf(event: FleetEvent): string {
  return isGrouped(event) ? `${event.type} ${placeOf(event)}` : event.key;
}

function isGrouped({ type, deviceId }: FleetEvent): boolean {
  return deviceId !== null && !type.startsWith('emergency.');
}

export function groupKeyOfPlan(planId: string): string {
  return `plan ${planId}`;
}

/** When a group that begins with the event is complete, milliseconds since 1970. */
export function dueAt(event: FleetEvent, { groupSeconds }: Pick<Pace, 'groupSeconds'>, nowMs: number): number {
  return isGrouped(event) ? nowMs + groupSeconds * 1_000 : nowMs;
}

/** Notices of one endpoint with the same group key. */
export interface NoticeGroup {
  groupKey: string;
  type: string;
  /** Of the first of them, milliseconds since 1970. */
  dueMs: number;
}

/** What an endpoint is told now: groups as a message each, and others together as the summary of quiet hours. */
export interface Telling<Group extends NoticeGroup = NoticeGroup> {
  single: Group[];
  summary: Group[];
}

/**
 * Which groups are told at the time. One that is complete is told, unless it is quiet; what quiet hours held back is told as
 * one summary once they are over. What is in neither list waits. Pure.
 */
export function tellingAt<Group extends NoticeGroup>(
  groups: readonly Group[],
  { quietHours }: Pick<Pace, 'quietHours'>,
  nowMs: number,
): Telling<Group> {
  const telling: Telling<Group> = { single: [], summary: [] };
  for (const group of groups) {
    if (group.dueMs > nowMs) continue;
    if (quietHours === null || passes(quietHours, group.type)) telling.single.push(group);
    else if (isQuiet(quietHours, nowMs)) continue;
    else if (wasQuiet(quietHours, group.dueMs, nowMs)) telling.summary.push(group);
    else telling.single.push(group);
  }
  return telling;
}

/** Whether an endpoint is told of something of this type although it is quiet. */
export function passes({ except }: QuietHours, type: string): boolean {
  return (except as readonly string[]).includes(type);
}
