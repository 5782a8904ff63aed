import type { EntityManager } from '@mikro-orm/postgresql';
import type { QuotaName } from '../../../domain/policy/quota-rules.ts';
import { SETTLED_PLAN_STATUSES } from '../../../domain/plan.ts';
import type { Units } from '../units.ts';

/** What somebody has used of their quotas; the same for all web processes. Days are those of UTC. */
export interface QuotaStore {
  /** Uses up what the call takes of the given quotas and answers null; or uses up nothing and answers the first that is full. */
  charge(charge: QuotaCharge): Promise<FullQuota | null>;
}

export interface QuotaCharge {
  sub: string;
  what: 'write' | 'plan';
  /** The plan that is to be made. */
  planId: string | null;
  deviceIds: readonly string[];
  limits: Readonly<Partial<Record<QuotaName, number>>>;
}

export interface FullQuota {
  quota: QuotaName;
  /** Before this call. */
  used: number;
  /** Used by this call. */
  wanted: number;
}

const TODAY = `(now() at time zone 'utc')::date`;
/** A plan whose row is not there by then was refused, or its process died. */
const PLAN_IS_MADE_WITHIN = `interval '2 minutes'`;

export function createQuotaStore(units: Units): QuotaStore {
  return {
    charge: (charge) =>
      units.transact(async (em) => {
        // One call of a person at a time, whichever process it came to.
        await em.execute(`select pg_advisory_xact_lock(hashtextextended('quota/' || ?, 0))`, [charge.sub]);
        await forget(em, charge.sub);
        const full = await firstFull(em, charge);
        if (full === null) await use(em, charge);
        return full;
      }),
  };
}

/** What counts no more: so nobody's rows are more than those of one day. */
async function forget(em: EntityManager, sub: string): Promise<void> {
  await em.execute(`delete from quota_use where sub = ? and day < ${TODAY}`, [sub]);
  await em.execute(`delete from quota_device where sub = ? and day < ${TODAY}`, [sub]);
  await em.execute(`delete from quota_plan where sub = ? and taken_at < now() - ${PLAN_IS_MADE_WITHIN}`, [sub]);
}

async function firstFull(em: EntityManager, charge: QuotaCharge): Promise<FullQuota | null> {
  const { what, limits, deviceIds } = charge;
  const exceeds = (quota: QuotaName, used: number, wanted: number): FullQuota | null =>
    used + wanted > (limits[quota] ?? Infinity) ? { quota, used, wanted } : null;
  const perDay = what === 'write' ? 'writesPerDay' : 'plansPerDay';
  if (limits[perDay] !== undefined) {
    const full = exceeds(perDay, await usedToday(em, charge), 1);
    if (full !== null) return full;
  }
  if (limits.openPlans !== undefined && what === 'plan') {
    const full = exceeds('openPlans', await openPlans(em, charge.sub), 1);
    if (full !== null) return full;
  }
  if (limits.devicesPerDay === undefined) return null;
  const { used, known } = await devicesToday(em, charge);
  return exceeds('devicesPerDay', used, new Set(deviceIds).size - known);
}

async function usedToday(em: EntityManager, { sub, what }: QuotaCharge): Promise<number> {
  const [row] = await em.execute<{ used: number }[]>(
    `select used from quota_use where sub = ? and day = ${TODAY} and what = ?`,
    [sub, what],
  );
  return row?.used ?? 0;
}

async function openPlans(em: EntityManager, sub: string): Promise<number> {
  const [row] = await em.execute<{ open: string }[]>(
    `select (select count(*) from plan where requested_by = ? and status not in (?))
       + (select count(*) from quota_plan made where sub = ? and taken_at > now() - ${PLAN_IS_MADE_WITHIN}
            and not exists (select 1 from plan where plan.plan_id = made.plan_id)) as open`,
    [sub, [...SETTLED_PLAN_STATUSES], sub],
  );
  return Number(row?.open ?? 0);
}

async function devicesToday(
  em: EntityManager,
  { sub, deviceIds }: QuotaCharge,
): Promise<{ used: number; known: number }> {
  const [row] = await em.execute<{ used: string; known: string }[]>(
    `select count(*) as used, count(*) filter (where device_id in (?)) as known
     from quota_device where sub = ? and day = ${TODAY}`,
    [[...deviceIds, ''], sub],
  );
  return { used: Number(row?.used ?? 0), known: Number(row?.known ?? 0) };
}

async function use(em: EntityManager, { sub, what, planId, deviceIds }: QuotaCharge): Promise<void> {
  await em.execute(
    `insert into quota_use as kept (sub, day, what, used) values (?, ${TODAY}, ?, 1)
     on conflict (sub, day, what) do update set used = kept.used + 1`,
    [sub, what],
  );
  if (planId !== null) {
    await em.execute('insert into quota_plan (plan_id, sub, taken_at) values (?, ?, now()) on conflict do nothing', [
      planId,
      sub,
    ]);
  }
  await em.execute(
    `insert into quota_device (sub, day, device_id)
     select ?, ${TODAY}, device_id from json_array_elements_text(?::json) as device_id on conflict do nothing`,
    [sub, JSON.stringify(deviceIds)],
  );
}
