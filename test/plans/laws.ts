import { writeOnce } from '../../activities/device/steps.ts';
import { undoOf, type Step } from '../../shared/domain/change.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import type { Router } from '../../shared/routeros/router.ts';

export type Captured = Record<string, unknown>;

export async function capture(kind: PlanKind, router: Router): Promise<Captured> {
  return kind.current.parse(await kind.capture(router));
}

export async function apply(router: Router, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await writeOnce(router, step);
}

/** Undoes steps the way a rollback does: last first, before and after swapped. */
export async function undo(router: Router, steps: readonly Step[]): Promise<void> {
  await apply(router, steps.map(undoOf).reverse());
}
