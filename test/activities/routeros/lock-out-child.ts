/** A process that guards a change, makes it, and then does nothing more: its end is somebody else's doing. */
import { writeOnce } from '../../../activities/device/steps.ts';
import { DEAD_MAN_MENUS } from '../../../activities/routeros/dead-man.ts';
import { guardSteps } from '../../../activities/routeros/guard-steps.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { RouterTarget } from '../../../activities/routeros/router-target.ts';
import type { Step } from '../../../shared/domain/change.ts';

export interface LockOut {
  target: RouterTarget;
  transaction: string;
  minutes: number;
  steps: Step[];
}

const { target, transaction, minutes, steps } = JSON.parse(process.argv[2] ?? '') as LockOut;
const paths = [...DEAD_MAN_MENUS, ...steps.map((step) => step.menu)];
const { router } = openRouter({ ...target, paths, effect: 'write' });
await guardSteps(router, steps, { transaction, minutes });
console.log('armed');
for (const step of steps) {
  // The reply of the change that cuts the way never comes.
  await writeOnce(router, step).catch(() => undefined);
}
setInterval(() => undefined, 60_000);
