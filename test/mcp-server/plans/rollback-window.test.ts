import { expect, test } from 'vitest';
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
