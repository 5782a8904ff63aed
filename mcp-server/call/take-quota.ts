import { quotaOf, type QuotaName } from '../../shared/domain/policy/quota-rules.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { QuotaStore } from '../../shared/platform/persistence/stores/quota-store.ts';
import type { PolicySource } from '../../shared/platform/policy/policy-source.ts';
import type { PolicyQuestion } from './check-policy.ts';
import { planIdOfCall } from '../../shared/contract/plan-id-of-call.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** What one person or service may do at most, in all web processes together. */
export interface QuotaGate {
  /** Uses up what the call takes; fails with QUOTA_EXCEEDED naming the rule, and then uses up nothing. */
  take(call: PolicyQuestion & { callId: string }): Promise<void>;
}

/** The gate of a deployment without quotas. */
export const NO_QUOTAS: QuotaGate = { take: () => Promise.resolve() };

const QUOTAS_OF = {
  write: ['writesPerDay', 'devicesPerDay'],
  plan: ['plansPerDay', 'openPlans', 'devicesPerDay'],
} as const satisfies Record<'write' | 'plan', readonly QuotaName[]>;

const IN_WORDS = {
  writesPerDay: 'writes to single devices a day',
  plansPerDay: 'proposed plans a day',
  openPlans: 'plans that are not finished',
  devicesPerDay: 'different devices a day',
} as const satisfies Record<QuotaName, string>;

const DAY_SECONDS = 86_400;

/**
 * Writes to single devices and proposals of plans count when they are let through, whatever comes of them; dry runs and
 * repetitions under an idempotency key do not. Without a quota for the caller nothing is asked of the database.
 */
export function createQuotaGate({
  policy,
  quotas,
  now = currentMs,
}: {
  policy: PolicySource;
  quotas: Pick<QuotaStore, 'charge'>;
  now?: () => number;
}): QuotaGate {
  return {
    async take({ callId, action, principal, target, input }) {
      const what = whatOf({ action, target, input });
      if (what === null) return;
      const rules = policy.current().quotas;
      const found = QUOTAS_OF[what].flatMap((name) => {
        const quota = quotaOf(rules, principal, name);
        return quota === null ? [] : [[name, quota] as const];
      });
      if (found.length === 0) return;
      const full = await quotas.charge({
        sub: principal.sub,
        what,
        planId: what === 'plan' ? planIdOfCall(callId) : null,
        deviceIds: devicesOf(target),
        limits: Object.fromEntries(found.map(([name, { limit }]) => [name, limit])),
      });
      if (full === null) return;
      const { limit, rule } = new Map(found).get(full.quota)!;
      throw quotaExceeded({ ...full, limit, rule, atMs: now() });
    },
  };
}

function whatOf({
  action,
  target,
  input,
}: Pick<PolicyQuestion, 'action' | 'target' | 'input'>): 'write' | 'plan' | null {
  if (target.on === 'device' && action.rate === 'write') return input['dryRun'] === true ? null : 'write';
  return action.planKinds === undefined ? null : 'plan';
}

function devicesOf(target: PolicyQuestion['target']): string[] {
  if (target.on === 'device') return [target.device.deviceId];
  return target.on === 'fleet' ? target.devices.map(({ deviceId }) => deviceId) : [];
}

interface Exceeded {
  quota: QuotaName;
  used: number;
  wanted: number;
  limit: number;
  rule: string;
  atMs: number;
}

function quotaExceeded({ quota, used, wanted, limit, rule, atMs }: Exceeded): AppError {
  const isOfDay = quota !== 'openPlans';
  // A call that is larger than the whole quota does not fit tomorrow either.
  const canFit = wanted <= limit;
  const tomorrow = DAY_SECONDS - (Math.floor(atMs / 1_000) % DAY_SECONDS);
  const waits = isOfDay && canFit ? { retryAfterSeconds: tomorrow } : {};
  return new AppError('QUOTA_EXCEEDED', {
    message: `You may have ${limit} ${IN_WORDS[quota]}; ${used} are used, and this call takes ${wanted}. (rule ${rule})`,
    hint: isOfDay
      ? canFit
        ? 'The count begins anew at midnight UTC; an administrator can raise the quota.'
        : 'Name fewer devices.'
      : 'Finish or cancel one of your open plans first.',
    details: { rule, limit, used, wanted, ...waits },
  });
}
