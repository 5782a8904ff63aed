import type { EntityManager } from '@mikro-orm/postgresql';
import { ulid } from 'ulid';
import type { RetentionRuleName } from '../../contract/retention-messages.ts';
import { SETTLED_PLAN_STATUSES } from '../../domain/plan.ts';
import type { Units } from './units.ts';
import { currentMs } from '../process/platform-clock.ts';

/** Removes what is kept no longer. Ages are by the clock of the database. */
export interface RetentionStore {
  /** Removes at most one batch of what has been over for so many days; answers how much, 0 when there is no more. */
  removeBatch(rule: RetentionRuleName, keepDays: number): Promise<number>;
}

/** Things that one transaction removes: it holds their locks for milliseconds. */
export const RETENTION_BATCH = 200;

export function createRetentionStore(units: Units): RetentionStore {
  return {
    removeBatch: (rule, keepDays) => units.transact((em) => RULES[rule](em, keepDays)),
  };
}

type Rule = (em: EntityManager, keepDays: number) => Promise<number>;

const RULES: Record<RetentionRuleName, Rule> = {
  plans: removePlans,
  webhookEvents: removeWebhookEvents,
  stops: (em, days) => removeRows(em, 'emergency_stop', `lifted_at < ${AGO}`, [days]),
  // One that left something on a router is kept until that is gone.
  rotations: (em, days) =>
    removeRows(em, 'credential_rotation', `state in ('done', 'taken_back') and updated_at < ${AGO}`, [days]),
  calls: (em, days) => removeRows(em, 'call', `expires_at < ${AGO}`, [days]),
  sessions: (em, days) => removeRows(em, 'gateway_session', `used_at < ${AGO}`, [days]),
  async quotas(em, days) {
    const uses = await removeRows(em, 'quota_use', `day < current_date - ?::int`, [days]);
    const devices = await removeRows(em, 'quota_device', `day < current_date - ?::int`, [days]);
    return uses + devices + (await removeRows(em, 'quota_plan', `taken_at < ${AGO}`, [days]));
  },
};

const AGO = 'now() - make_interval(days => ?)';

async function removeRows(em: EntityManager, table: string, condition: string, values: unknown[]): Promise<number> {
  const rows = await em.execute<unknown[]>(
    `delete from ${table} where ctid = any (array(select ctid from ${table} where ${condition} limit ? for update skip locked))
     returning 1`,
    [...values, RETENTION_BATCH],
  );
  return rows.length;
}

/**
 * Plans that are over, hold no device, and cannot be taken back any more, with what was captured, written and told of them.
 * One that a device's baseline still counts with is kept.
 */
async function removePlans(em: EntityManager, keepDays: number): Promise<number> {
  const settled = SETTLED_PLAN_STATUSES.map(() => '?').join(', ');
  const plans = await em.execute<{ plan_id: string }[]>(
    `select plan_id from plan
     where plan_id < ? and created_at < ${AGO} and expires_at < ${AGO} and status in (${settled})
       and claimed_at is null and coalesce(rollback_until, '-infinity') < ${AGO}
       and not exists (select from baseline_move where baseline_move.plan_id = plan.plan_id)
     order by plan_id limit ? for update skip locked`,
    [idBefore('pln_', keepDays), keepDays, keepDays, ...SETTLED_PLAN_STATUSES, keepDays, RETENTION_BATCH],
  );
  const planIds = plans.map(({ plan_id }) => plan_id);
  if (planIds.length === 0) return 0;
  const told = await em.execute<{ event_id: string }[]>('select event_id from webhook_event where plan_id in (?)', [
    planIds,
  ]);
  await removeEvents(em, told);
  await em.execute('delete from plan_device where plan_id in (?)', [planIds]);
  await em.execute('delete from plan where plan_id in (?)', [planIds]);
  return planIds.length;
}

/** What endpoints were told, and how far each was; what somebody still has to be told is kept. */
async function removeWebhookEvents(em: EntityManager, keepDays: number): Promise<number> {
  const events = await em.execute<{ event_id: string }[]>(
    `select event_id from webhook_event
     where event_id < ? and occurred_at < ${AGO} and not exists (
       select from webhook_delivery d where d.event_id = webhook_event.event_id and d.state = 'pending')
     order by event_id limit ? for update skip locked`,
    [idBefore('evt_', keepDays), keepDays, RETENTION_BATCH],
  );
  await removeEvents(em, events);
  return events.length;
}

async function removeEvents(em: EntityManager, events: readonly { event_id: string }[]): Promise<void> {
  const eventIds = events.map(({ event_id }) => event_id);
  if (eventIds.length === 0) return;
  await em.execute('delete from webhook_notice where told_in in (?)', [eventIds]);
  await em.execute('delete from webhook_delivery where event_id in (?)', [eventIds]);
  await em.execute('delete from webhook_event where event_id in (?)', [eventIds]);
}

/** Ids begin with their time, so that the primary key finds the old ones; a day for clocks that differ. */
function idBefore(prefix: string, keepDays: number): string {
  return `${prefix}${ulid(Math.max(0, currentMs() - (keepDays - 1) * 86_400_000))}`;
}
