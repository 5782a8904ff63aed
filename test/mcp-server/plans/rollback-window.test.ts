import { expect, test } from 'vitest';
import { refuseLapsed } from '../../../mcp-server/plans/approval-validity.ts';
import { refuseTooLate } from '../../../mcp-server/plans/rollback-window.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { RolloutOptions } from '../../../shared/domain/plan.ts';

const UNTIL = '2026-11-24T10:00:00.000Z';
const plan = (rollbackUntil: string | null) =>
  ({ planId: 'pln_1', rollbackUntil, rollout: RolloutOptions.parse({ rollbackWindowSeconds: 3_600 }) }) as StoredPlan;

test('a rollback is refused after its window, with the time until which it was possible', () => {
  const until = Date.parse(UNTIL);
  expect(() => refuseTooLate(plan(UNTIL), until - 1)).not.toThrow();
  expect(() => refuseTooLate(plan(null), until + 1)).not.toThrow();
  expect(() => refuseTooLate(plan(UNTIL), until)).toThrow(/until 2026-11-24T10:00:00.000Z, 3600 s after its end/);
});

test('failed devices are tried again only while the approvals hold; a paused rollout goes on in any case', () => {
  const until = Date.parse(UNTIL);
  const failed = (given: Partial<StoredPlan>) =>
    ({ planId: 'pln_1', status: 'failed', approvalValidUntil: UNTIL, approvalValidHours: 72, ...given }) as StoredPlan;
  expect(() => refuseLapsed(failed({}), until - 1)).not.toThrow();
  expect(() => refuseLapsed(failed({ approvalValidUntil: null }), until)).not.toThrow();
  expect(() => refuseLapsed(failed({ status: 'paused' }), until)).not.toThrow();
  expect(() => refuseLapsed(failed({}), until)).toThrow(/held until 2026-11-24T10:00:00.000Z \(72 h/);
});
