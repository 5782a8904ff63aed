import type { EntityManager } from '@mikro-orm/postgresql';
import { ulid } from 'ulid';
import type { WebhookDelivery } from '../../../contract/webhook-messages.ts';
import { FleetEvent } from '../../../domain/fleet-event.ts';
import { NoticeContent, type NoticeGroup } from '../../../domain/notice.ts';
import { storedJson, storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** One event for one endpoint, told alone or with others of its group. */
export interface NewNotice {
  endpoint: string;
  groupKey: string;
  /** When the group is complete if it begins with this, milliseconds since 1970. */
  dueMs: number;
}

/** A message made of notices. */
export interface NoticeMessage {
  type: string;
  environment: string | null;
  /** As it is sent and signed, unless a template remakes it. */
  body: string;
}

/** Notices of one group in the order in which they happened; at least one. */
export type Notices = readonly [NoticeContent, ...NoticeContent[]];

/** What endpoints are yet to be told of the fleet, and of plans once their quiet hours are over. */
export interface NoticeStore {
  /**
   * Asks of events that nobody looked at yet, at most so many, oldest first, who is told of each; in one transaction. Answers
   * how many there were.
   */
  route(limit: number, noticesOf: (event: FleetEvent) => readonly NewNotice[]): Promise<number>;
  /** What each endpoint is yet to be told, by the name of the endpoint. */
  untold(): Promise<Map<string, NoticeGroup[]>>;
  /**
   * Makes one message of what is untold of the groups; in one transaction, so that nothing is told twice or lost whoever else
   * does the same. Answers whether there was anything.
   */
  tell(
    endpoint: string,
    groupKeys: readonly string[],
    compose: (groups: readonly Notices[]) => NoticeMessage,
  ): Promise<boolean>;
  /** As `tell`, for held back events of a plan: each is told as it would have been. */
  tellAsStored(endpoint: string, groupKey: string): Promise<boolean>;
  /** Deliveries that nobody began yet. */
  unstarted(limit: number): Promise<WebhookDelivery[]>;
  markStarted(delivery: WebhookDelivery): Promise<void>;
}

export function createNoticeStore(units: Units): NoticeStore {
  return {
    route: (limit, noticesOf) =>
      units.transact(async (em) => {
        const events = await takeUnrouted(em, limit);
        const rows = events.flatMap(({ event }) =>
          noticesOf(event).map(({ endpoint, groupKey, dueMs }) => ({
            endpoint,
            key: event.key,
            type: event.type,
            group_key: groupKey,
            at: event.at,
            due_at: new Date(dueMs).toISOString(),
            content: { of: 'fleet', event },
          })),
        );
        if (rows.length > 0) await insertNotices(em, rows);
        await forgetOld(em);
        return events.length;
      }),
    untold: () =>
      units.run(async (em) => {
        const rows = await em.execute<{ endpoint: string; group_key: string; type: string; due_at: Date | string }[]>(
          `select endpoint, group_key, min(type) as type, min(due_at) as due_at from webhook_notice where told_in is null
           group by endpoint, group_key order by min(at), group_key`,
        );
        const groups = new Map<string, NoticeGroup[]>();
        for (const { endpoint, group_key: groupKey, type, due_at: due } of rows) {
          const group = { groupKey, type, dueMs: Date.parse(toIsoTime(due)) };
          groups.set(endpoint, [...(groups.get(endpoint) ?? []), group]);
        }
        return groups;
      }),
    tell: (endpoint, groupKeys, compose) =>
      units.transact(async (em) => {
        const taken = await takeUntold(em, endpoint, groupKeys);
        const groups = groupsOf(taken);
        if (groups.length === 0) return false;
        const { type, environment, body } = compose(groups);
        const eventId = `evt_${ulid(currentMs())}`;
        await em.execute(
          `insert into webhook_event (event_id, key, type, plan_id, environment, body, occurred_at)
           values (?, ?, ?, null, ?, ?, now())`,
          [eventId, `notices/${eventId}`, type, environment, storedText(body)],
        );
        await insertDelivery(em, { eventId, endpoint });
        await markTold(em, endpoint, taken, eventId);
        return true;
      }),
    tellAsStored: (endpoint, groupKey) =>
      units.transact(async (em) => {
        const taken = await takeUntold(em, endpoint, [groupKey]);
        for (const notice of taken) {
          if (notice.content.of !== 'plan') continue;
          const { eventId } = notice.content;
          // oxlint-disable-next-line no-await-in-loop -- in one transaction, and few
          await insertDelivery(em, { eventId, endpoint });
          // oxlint-disable-next-line no-await-in-loop -- as above
          await markTold(em, endpoint, [notice], eventId);
        }
        return taken.length > 0;
      }),
    unstarted: (limit) =>
      units.run(async (em) => {
        const rows = await em.execute<{ event_id: string; endpoint: string }[]>(
          'select event_id, endpoint from webhook_delivery where not is_started order by event_id, endpoint limit ?',
          [limit],
        );
        return rows.map(({ event_id: eventId, endpoint }) => ({ eventId, endpoint }));
      }),
    markStarted: ({ eventId, endpoint }) =>
      units.run(async (em) => {
        await em.execute('update webhook_delivery set is_started = true where event_id = ? and endpoint = ?', [
          eventId,
          endpoint,
        ]);
      }),
  };
}

/** Marked in the transaction that keeps what comes of them; events that another transaction looks at are left to it. */
async function takeUnrouted(em: EntityManager, limit: number): Promise<{ event: FleetEvent }[]> {
  const rows = await em.execute<EventRow[]>(
    `with taken as (
       select event_id from fleet_event where routed_at is null order by event_id limit ? for update skip locked
     )
     update fleet_event set routed_at = now() from taken where fleet_event.event_id = taken.event_id
     returning key, type, at, device_id, device_name, environment, tags, details`,
    [limit],
  );
  return rows
    .map((row) => ({
      event: FleetEvent.parse({
        type: row.type,
        key: row.key,
        at: toIsoTime(row.at),
        deviceId: row.device_id,
        deviceName: row.device_name,
        environment: row.environment,
        tags: row.tags,
        details: row.details,
      }),
    }))
    .sort((one, other) => (one.event.at < other.event.at ? -1 : 1));
}

async function insertNotices(em: EntityManager, rows: readonly object[]): Promise<void> {
  await em.execute(
    `insert into webhook_notice (endpoint, key, type, group_key, at, due_at, content)
     select endpoint, key, type, group_key, at, due_at, content
     from jsonb_to_recordset(?::jsonb) as row(
       endpoint text, key text, type text, group_key text, at timestamptz, due_at timestamptz, content jsonb)
     on conflict (endpoint, key) do nothing`,
    [storedJson(rows)],
  );
}

interface Taken {
  key: string;
  groupKey: string;
  content: NoticeContent;
}

/** In the order in which they happened, and nobody else's until the transaction ends. */
async function takeUntold(em: EntityManager, endpoint: string, groupKeys: readonly string[]): Promise<Taken[]> {
  const rows = await em.execute<{ key: string; group_key: string; content: unknown }[]>(
    `select key, group_key, content from webhook_notice
     where endpoint = ? and told_in is null and group_key in (select jsonb_array_elements_text(?::jsonb))
     order by at, key for update`,
    [endpoint, storedJson(groupKeys)],
  );
  return rows.map(({ key, group_key: groupKey, content }) => ({
    key,
    groupKey,
    content: NoticeContent.parse(content),
  }));
}

function groupsOf(taken: readonly Taken[]): Notices[] {
  const groups = new Map<string, [NoticeContent, ...NoticeContent[]]>();
  for (const { groupKey, content } of taken) {
    const group = groups.get(groupKey);
    if (group === undefined) groups.set(groupKey, [content]);
    else group.push(content);
  }
  return [...groups.values()];
}

async function markTold(em: EntityManager, endpoint: string, taken: readonly Taken[], eventId: string): Promise<void> {
  await em.execute(
    `update webhook_notice set told_in = ?
     where endpoint = ? and key in (select jsonb_array_elements_text(?::jsonb))`,
    [eventId, endpoint, storedJson(taken.map(({ key }) => key))],
  );
}

async function insertDelivery(em: EntityManager, { eventId, endpoint }: WebhookDelivery): Promise<void> {
  await em.execute(
    `insert into webhook_delivery (event_id, endpoint, state, changed_at, is_started)
     values (?, ?, 'pending', now(), false) on conflict (event_id, endpoint) do nothing`,
    [eventId, endpoint],
  );
}

/** Events older than this are forgotten when new ones are looked at, a few at a time. */
const KEPT_DAYS = 90;
const FORGOTTEN_AT_ONCE = 500;

async function forgetOld(em: EntityManager): Promise<void> {
  // Ids begin with their time, so the oldest are the first of the primary key.
  const oldest = `fev_${ulid(currentMs() - KEPT_DAYS * 86_400_000)}`;
  await em.execute(
    `delete from fleet_event where event_id in (
       select event_id from fleet_event where event_id < ? and routed_at is not null order by event_id limit ?)`,
    [oldest, FORGOTTEN_AT_ONCE],
  );
}

interface EventRow {
  key: string;
  type: string;
  at: Date | string;
  device_id: string | null;
  device_name: string | null;
  environment: string | null;
  tags: string[];
  details: unknown;
}
