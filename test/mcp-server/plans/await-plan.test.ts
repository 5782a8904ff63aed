import { expect, it } from 'vitest';
import { awaitPlan } from '../../../mcp-server/plans/await-plan.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';

it('reads the whole plan again only when its revision says that there is something new', async () => {
  const plan = { planId: 'pln_1', status: 'rolling_out', revision: 7 } as StoredPlan;
  const ended: StoredPlan = { ...plan, status: 'completed', revision: 8 };
  const revisions = [7, 7, 8];
  let reads = 0;
  const looks: string[] = [];
  const latest = await awaitPlan({
    plans: {
      revision: async () => revisions.shift() ?? null,
      get: async () => {
        reads += 1;
        return ended;
      },
    },
    plan,
    until: ({ status }) => status === 'completed',
    timeoutMs: 30_000,
    onLook: ({ status }) => looks.push(status),
    signal: AbortSignal.timeout(30_000),
  });
  expect(latest).toBe(ended);
  expect(reads).toBe(1);
  expect(looks).toEqual(['rolling_out', 'rolling_out', 'rolling_out', 'completed']);
});
