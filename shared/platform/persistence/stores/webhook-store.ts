import type { EntityManager } from '@mikro-orm/postgresql';
import { ulid } from 'ulid';
import type { NoticeContent } from '../../../domain/notice.ts';
import { storedJson, storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { currentMs } from '../../process/platform-clock.ts';

export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** An event that is to be told, with the names of the endpoints that are told of it. */
export interface NewWebhookEvent {
  eventId: string;
  /** Of two events with the same key only the first is kept. */
  key: string;
  type: string;
  planId: string | null;
  environment: string | null;
  /** As it is sent and signed. */
  body: string;
  endpoints: readonly string[];
  /** Those that are told when their quiet hours are over, and what of it. Default: none. */
  held?: { endpoints: readonly string[]; groupKey: string; content: NoticeContent } | undefined;
}

export interface StoredDelivery {
  eventId: string;
  endpoint: string;
  type: string;
  planId: string | null;
  state: DeliveryState;
  attempts: number;
  /** Of the last answer; null when none came. */
  lastStatus: number | null;
  lastError: string | null;
  occurredAt: string;
  changedAt: string;
}

export interface DeliveryListRequest {
  state?: DeliveryState | undefined;
  planId?: string | undefined;
  type?: string | undefined;
  limit: number;
  /** Event and endpoint of the last delivery of the page before. */
  before?: { eventId: string; endpoint: string } | undefined;
}

/** What is told to endpoints, and how far each was told. */
export interface WebhookStore {
  /** Keeps the event, if its key is new. */
  add(event: NewWebhookEvent): Promise<void>;
  /** Where the event of a key goes; null when there is none. */
  find(key: string): Promise<{ eventId: string; endpoints: string[] } | null>;
  /** What is to be posted; null for a delivery that is not there. */
  get(eventId: string, endpoint: string): Promise<(StoredDelivery & { body: string }) | null>;
  /** Notes an attempt: the answer's status, or null and why none came. */
  record(
    eventId: string,
    endpoint: string,
    attempt: { state: DeliveryState; status: number | null; error: string | null },
  ): Promise<void>;
  /** Leaves it for people to look at, or, as `pending`, has it tried anew. */
  setState(eventId: string, endpoint: string, state: DeliveryState, error: string | null): Promise<void>;
  /** Newest event first. */
  list(request: DeliveryListRequest): Promise<StoredDelivery[]>;
}

/** Events older than this are forgotten when new ones come, a few at a time. */
const KEPT_DAYS = 90;
const FORGOTTEN_AT_ONCE = 20;

export function createWebhookStore(units: Units): WebhookStore {
  return {
    add: (event) => units.transact((em) => insertEvent(em, event)),
    find: (key) =>
      units.run(async (em) => {
        const rows = await em.execute<{ event_id: string; endpoint: string | null }[]>(
          `select e.event_id, d.endpoint from webhook_event e left join webhook_delivery d using (event_id) where e.key = ?`,
          [key],
        );
        const [first] = rows;
        if (first === undefined) return null;
        return { eventId: first.event_id, endpoints: rows.flatMap(({ endpoint }) => endpoint ?? []) };
      }),
    get: (eventId, endpoint) =>
      units.run(async (em) => {
        const [row] = await em.execute<(DeliveryRow & { body: string })[]>(
          `${SELECT.replace('d.*', 'd.*, e.body')} where d.event_id = ? and d.endpoint = ?`,
          [eventId, endpoint],
        );
        return row === undefined ? null : { ...toDelivery(row), body: row.body };
      }),
    record: (eventId, endpoint, { state, status, error }) =>
      units.run(async (em) => {
        await em.execute(
          `update webhook_delivery set state = ?, attempts = attempts + 1, last_status = ?, last_error = ?, changed_at = now()
           where event_id = ? and endpoint = ?`,
          [state, status, error === null ? null : storedText(error), eventId, endpoint],
        );
      }),
    setState: (eventId, endpoint, state, error) =>
      units.run(async (em) => {
        await em.execute(
          `update webhook_delivery set state = ?, last_error = coalesce(?, last_error), changed_at = now()
           where event_id = ? and endpoint = ?`,
          [state, error === null ? null : storedText(error), eventId, endpoint],
        );
      }),
    list: ({ state, planId, type, limit, before }) =>
      units.run(async (em) => {
        const conditions: [string, unknown[]][] = [
          ...(state === undefined ? [] : [['d.state = ?', [state]] as [string, unknown[]]]),
          ...(planId === undefined ? [] : [['e.plan_id = ?', [planId]] as [string, unknown[]]]),
          ...(type === undefined ? [] : [['e.type = ?', [type]] as [string, unknown[]]]),
          ...(before === undefined
            ? []
            : [['(d.event_id, d.endpoint) < (?, ?)', [before.eventId, before.endpoint]] as [string, unknown[]]]),
        ];
        const where = conditions.length === 0 ? '' : `where ${conditions.map(([sql]) => sql).join(' and ')}`;
        const rows = await em.execute<DeliveryRow[]>(
          `${SELECT} ${where} order by d.event_id desc, d.endpoint desc limit ?`,
          [...conditions.flatMap(([, values]) => values), limit],
        );
        return rows.map(toDelivery);
      }),
  };
}

/** As `WebhookStore.add`, within a transaction that also writes what the event is about. */
export async function insertEvent(
  em: EntityManager,
  { eventId, key, type, planId, environment, body, endpoints, held }: NewWebhookEvent,
): Promise<void> {
  const added = await em.execute<unknown[]>(
    `insert into webhook_event (event_id, key, type, plan_id, environment, body, occurred_at)
     values (?, ?, ?, ?, ?, ?, now()) on conflict (key) do nothing returning event_id`,
    [eventId, key, type, planId, environment, storedText(body)],
  );
  if (added.length === 0) return;
  for (const endpoint of endpoints) {
    // oxlint-disable-next-line no-await-in-loop -- in one transaction, and few
    await em.execute(
      `insert into webhook_delivery (event_id, endpoint, state, changed_at) values (?, ?, 'pending', now())`,
      [eventId, endpoint],
    );
  }
  for (const endpoint of held?.endpoints ?? []) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    await em.execute(
      `insert into webhook_notice (endpoint, key, type, group_key, at, due_at, content)
       values (?, ?, ?, ?, now(), now(), ?) on conflict (endpoint, key) do nothing`,
      [endpoint, key, type, held?.groupKey, storedJson(held?.content)],
    );
  }
  await forgetOld(em);
}

async function forgetOld(em: EntityManager): Promise<void> {
  // Ids begin with their time, so the oldest are the first of the primary key.
  const oldest = `evt_${ulid(currentMs() - KEPT_DAYS * 86_400_000)}`;
  const old = 'select event_id from webhook_event where event_id < ? order by event_id limit ?';
  await em.execute(`delete from webhook_notice where told_in in (${old})`, [oldest, FORGOTTEN_AT_ONCE]);
  await em.execute(`delete from webhook_delivery where event_id in (${old})`, [oldest, FORGOTTEN_AT_ONCE]);
  await em.execute(`delete from webhook_event where event_id in (${old})`, [oldest, FORGOTTEN_AT_ONCE]);
}

const SELECT = `select d.*, e.type, e.plan_id, e.occurred_at
  from webhook_delivery d join webhook_event e using (event_id)`;

interface DeliveryRow {
  event_id: string;
  endpoint: string;
  type: string;
  plan_id: string | null;
  state: DeliveryState;
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  occurred_at: Date | string;
  changed_at: Date | string;
}

function toDelivery(row: DeliveryRow): StoredDelivery {
  return {
    eventId: row.event_id,
    endpoint: row.endpoint,
    type: row.type,
    planId: row.plan_id,
    state: row.state,
    attempts: row.attempts,
    lastStatus: row.last_status,
    lastError: row.last_error,
    occurredAt: toIsoTime(row.occurred_at),
    changedAt: toIsoTime(row.changed_at),
  };
}
