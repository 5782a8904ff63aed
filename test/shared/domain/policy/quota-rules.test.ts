import { expect, test } from 'vitest';
import { quotaOf } from '../../../../shared/domain/policy/quota-rules.ts';
import { policyOf } from './policy-of.ts';

const { quotas } = policyOf({
  quotas: {
    everyone: { writesPerDay: 10, plansPerDay: 5 },
    roles: { operator: { writesPerDay: 50 }, admin: { writesPerDay: 20 } },
    principals: { 'svc-agent': { writesPerDay: 3 } },
  },
});

test('the most specific quota holds: of the person, the largest of their roles, of everybody', () => {
  const of = (sub: string, roles: Parameters<typeof quotaOf>[1]['roles']) =>
    quotaOf(quotas, { sub, roles }, 'writesPerDay');
  expect(of('ann', ['viewer'])).toEqual({ limit: 10, rule: 'quotas.everyone.writesPerDay' });
  expect(of('ann', ['admin', 'operator'])).toEqual({ limit: 50, rule: 'quotas.roles.operator.writesPerDay' });
  expect(of('svc-agent', ['operator'])).toEqual({ limit: 3, rule: 'quotas.principals.svc-agent.writesPerDay' });
});

test('each quota is looked for by itself, and one that nobody gave does not exist', () => {
  expect(quotaOf(quotas, { sub: 'svc-agent', roles: [] }, 'plansPerDay')).toMatchObject({ limit: 5 });
  expect(quotaOf(quotas, { sub: 'svc-agent', roles: [] }, 'openPlans')).toBeNull();
});
