import { z } from 'zod';
import { Role } from '../principal.ts';
import { contradiction, PolicyObject, whole } from './policy-fields.ts';

/** What one person or service may do at most. Days are those of UTC. */
export const Quota = PolicyObject({
  writesPerDay: whole(0, 1_000_000).optional().describe('Writes to single devices a day; dry runs do not count'),
  plansPerDay: whole(0, 100_000).optional().describe('Plans proposed a day'),
  openPlans: whole(1, 10_000).optional().describe('Plans of theirs that are not finished, at the same time'),
  devicesPerDay: whole(0, 1_000_000)
    .optional()
    .describe('Different devices a day, of writes and of proposed plans together'),
}).superRefine((quota, context) => {
  if (quota.plansPerDay === 0 && quota.openPlans !== undefined) {
    contradiction(context, ['openPlans'], 'contradicts "plansPerDay: 0", with which there is never an open plan');
  }
  if (quota.devicesPerDay === 0 && ((quota.writesPerDay ?? 0) > 0 || (quota.plansPerDay ?? 0) > 0)) {
    contradiction(context, ['devicesPerDay'], 'is 0, which contradicts the writes or plans that are allowed beside it');
  }
});
export type Quota = z.output<typeof Quota>;
export type QuotaName = keyof Quota;

export const Quotas = PolicyObject({
  everyone: Quota.optional().describe('Of everybody for whom nothing below says otherwise'),
  roles: z
    .partialRecord(Role, Quota, { error: `quotas by role: ${Role.options.join(', ')}` })
    .default({})
    .describe('By role; who has several roles has the largest of each quota'),
  principals: z
    .record(z.string().min(1).max(200), Quota, { error: 'quotas by subject of the identity provider' })
    .default({})
    .describe('By subject of the identity provider, as `convoy token` and the audit trail show it'),
});
export type Quotas = z.output<typeof Quotas>;

export interface FoundQuota {
  limit: number;
  /** Key in the policy file. */
  rule: string;
}

/** The most specific quota that is given: of the person, of their roles, of everybody; null when none is. Pure. */
export function quotaOf(
  quotas: Quotas,
  { sub, roles }: { sub: string; roles: readonly Role[] },
  name: QuotaName,
): FoundQuota | null {
  const own = Object.hasOwn(quotas.principals, sub) ? quotas.principals[sub]?.[name] : undefined;
  if (own !== undefined) return { limit: own, rule: `quotas.principals.${sub}.${name}` };
  const ofRoles = roles.flatMap((role) => {
    const limit = quotas.roles[role]?.[name];
    return limit === undefined ? [] : [{ limit, rule: `quotas.roles.${role}.${name}` }];
  });
  const [largest] = ofRoles.sort((one, other) => other.limit - one.limit);
  if (largest !== undefined) return largest;
  const limit = quotas.everyone?.[name];
  return limit === undefined ? null : { limit, rule: `quotas.everyone.${name}` };
}
