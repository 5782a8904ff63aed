import type { FleetEvent } from '../../domain/fleet-event.ts';
import { placeOf, type NoticeContent, type PlanNotice } from '../../domain/notice.ts';
import { cleanText } from '../../routeros/untrusted-text.ts';
import { deviceName, netStatuses, sayEvents, sayPlan } from './say-events.ts';

/** Type of the message that tells what quiet hours held back. */
export const SUMMARY_TYPE = 'notifications.summary';

/** Events, and groups of a summary, that a message has in full; what it leaves out is counted. */
const IN_FULL = 50;
const NAMED_AT_MOST = 100;

/** Events that are told together, in the order in which they happened. */
export type EventsTold = readonly [FleetEvent, ...FleetEvent[]];

/** What endpoints are told of events of one type and place, as the text that is stored, and signed unless a template remakes it. */
export function fleetEventBody(events: EventsTold, nowMs: number): string {
  const [{ type }] = events;
  return bodyOf(type, nowMs, groupData(events));
}

/** Notices of one group: events of the fleet, or of one plan. */
export type NoticesTold = readonly [NoticeContent, ...NoticeContent[]];

/** What quiet hours held back, as one message. */
export function summaryBody(groups: readonly NoticesTold[], nowMs: number): string {
  const all = groups.flat();
  const times = all.map((notice) => (notice.of === 'fleet' ? notice.event.at : notice.at)).sort();
  const byType: Record<string, number> = {};
  for (const notice of all) {
    const type = notice.of === 'fleet' ? notice.event.type : notice.type;
    byType[type] = (byType[type] ?? 0) + 1;
  }
  const told = groups.slice(0, IN_FULL).map(groupOfSummary);
  return bodyOf(SUMMARY_TYPE, nowMs, {
    title: `${all.length} ${all.length === 1 ? 'event was' : 'events were'} held back in quiet hours`,
    lines: told.map(({ title }) => title),
    tone: told.some(({ tone }) => tone === 'bad') ? 'bad' : 'neutral',
    firstAt: times[0],
    lastAt: times.at(-1),
    count: all.length,
    byType,
    groups: told,
    groupsLeftOut: groups.length - told.length,
  });
}

function bodyOf(type: string, nowMs: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(nowMs).toISOString(), data });
}

function groupData(events: EventsTold) {
  const [first] = events;
  const devices = [...new Map(events.map((event) => [event.deviceId, event])).values()].filter(
    ({ deviceId }) => deviceId !== null,
  );
  const environments = new Set(events.map(({ environment }) => environment));
  return {
    ...sayEvents(events),
    place: first.deviceId === null ? null : placeOf(first),
    environment: environments.size === 1 ? first.environment : null,
    count: events.length,
    devices: {
      total: devices.length,
      names: devices.slice(0, NAMED_AT_MOST).map(deviceName),
      namesLeftOut: Math.max(0, devices.length - NAMED_AT_MOST),
      ...(first.type === 'device.status_changed' ? { byStatus: countByStatus(events) } : {}),
    },
    events: events.slice(0, IN_FULL).map(({ at, deviceId, ...event }) => ({
      at,
      deviceId,
      device: deviceId === null ? null : deviceName({ at, deviceId, ...event }),
      environment: event.environment,
      tags: event.tags,
      details: bounded(event.details, 0),
    })),
    eventsLeftOut: Math.max(0, events.length - IN_FULL),
  };
}

/** How many of the devices are so now. */
function countByStatus(events: EventsTold): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { to } of netStatuses(events)) counts[to] = (counts[to] ?? 0) + 1;
  return counts;
}

function groupOfSummary(notices: NoticesTold) {
  const events = notices.flatMap((notice) => (notice.of === 'fleet' ? notice.event : []));
  if (isSome(events)) {
    const { events: _, eventsLeftOut: __, lines: ___, ...group } = groupData(events);
    return { type: events[0].type, ...group };
  }
  const plans = notices.filter((notice): notice is PlanNotice => notice.of === 'plan');
  const [first] = plans;
  const { planId, environment, link } = plans.at(-1) ?? {};
  return {
    type: plans.at(-1)?.type,
    title: first === undefined ? '' : sayPlan([first, ...plans.slice(1)]),
    tone: 'neutral' as const,
    planId,
    environment,
    link,
    count: plans.length,
  };
}

function isSome(events: readonly FleetEvent[]): events is EventsTold {
  return events.length > 0;
}

/** As it was given, with texts cleaned and cut, and what is deep or long left out: parts of it are what routers say. */
function bounded(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value, 500);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 3) return null;
  if (Array.isArray(value)) return value.slice(0, 20).map((entry) => bounded(entry, depth + 1));
  const entries = Object.entries(value).slice(0, 30);
  return Object.fromEntries(entries.map(([key, entry]) => [cleanText(key, 64), bounded(entry, depth + 1)]));
}
