import { describe, expect, it } from 'vitest';
import { briefPlan } from '../../../mcp-server/plans/brief-plan.ts';
import { createPlanViews } from '../../../mcp-server/plans/plan-view.ts';
import { PlanShape } from '../../../mcp-server/plans/plan-shape.ts';
import type { StoredPlanDevice } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { storedPlan } from '../../support/stored-plan.ts';

const views = createPlanViews({ publicUrl: 'http://c', approvalUrl: 'http://t', namespace: 'fleet' });

/** About as many tokens as characters, divided by four. */
const TOKENS = (value: unknown): number => JSON.stringify(value).length / 4;

type StatusOf = (index: number) => StoredPlanDevice['status'];

function planOf(count: number, serverOf: (index: number) => string, statusOf: StatusOf = () => 'pending') {
  const devices = Array.from({ length: count }, (_, index): StoredPlanDevice => {
    const after = serverOf(index);
    const change = { path: '/ip/dns', key: 'servers', before: '192.0.2.1', after, summary: `servers → ${after}` };
    const deviceId = `dev_01JZZZZZZZZZZZZZZZZZ${String(index).padStart(6, '0')}`;
    return { deviceId, name: `router-${index}`, status: statusOf(index), changes: [change], wave: 0 };
  });
  const stored = storedPlan({ riskReasons: [`${count} devices are changed`], approvalValidHours: null, devices });
  return PlanShape.parse(views.whole(stored));
}

describe('what a model gets of a plan', () => {
  it('is all of it when that is little', () => {
    const plan = planOf(20, () => '192.0.2.2');
    expect(briefPlan(plan)).toEqual(plan);
    expect(plan.groups).toMatchObject([{ deviceCount: 20, changes: [{ after: '192.0.2.2' }] }]);
  });

  it('has the same diff of a thousand devices once, and counts what is left out', () => {
    const plan = planOf(1000, () => '192.0.2.2');
    const brief = briefPlan(plan);
    expect(TOKENS(brief)).toBeLessThan(10_000);
    expect(brief.groups).toMatchObject([{ deviceCount: 1000, changes: [{ after: '192.0.2.2' }] }]);
    expect(brief.devices.every(({ changes }) => changes.length === 0)).toBe(true);
    expect(brief.omitted).toEqual({ devices: 1000 - brief.devices.length, changes: 0 });
    expect(PlanShape.parse(brief)).toEqual(brief);
    expect(briefPlan(brief)).toEqual(brief);
  });

  it('stays within bounds when every device gets something else, and lists those with trouble first', () => {
    const plan = planOf(
      1000,
      (index) => `192.0.2.${index}`,
      (index) => (index === 999 ? 'failed' : 'applied'),
    );
    const brief = briefPlan(plan);
    expect(TOKENS(brief)).toBeLessThan(20_000);
    expect(brief.devices[0]).toMatchObject({ name: 'router-999', status: 'failed' });
    expect(brief.omitted?.changes).toBe(1000 - brief.groups.length);
    expect(brief.groups.length).toBeGreaterThan(20);
  });
});
