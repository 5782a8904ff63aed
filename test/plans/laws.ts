import { writeOnce } from '../../activities/device/steps.ts';
import { undoOf, type Step } from '../../shared/domain/change.ts';
import type { CaptureAsked, PlanKind } from '../../shared/plans/define-plan.ts';
import type { Router } from '../../shared/routeros/router.ts';

export type Captured = Record<string, unknown>;

/** Captures as for a plan of this input on a device of this name and tags. */
export async function capture(
  kind: PlanKind,
  router: Router,
  input: Record<string, unknown> = kind.input.parse(kind.example),
  device: Partial<CaptureAsked<unknown>['device']> = {},
): Promise<Captured> {
  const asked: CaptureAsked<unknown>['device'] = { name: 'lab-01', tags: [], environment: 'lab', ...device };
  return kind.current.parse(await kind.capture(router, { input, device: asked }));
}

export async function apply(router: Router, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await writeOnce(router, step);
}

/** Undoes steps the way a rollback does: last first, before and after swapped. */
export async function undo(router: Router, steps: readonly Step[]): Promise<void> {
  await apply(router, steps.map(undoOf).reverse());
}
