import type { Admission, AdmissionRequest } from '../../shared/contract/admission-messages.ts';
import { decideAdmission } from '../../shared/domain/rollout-admission.ts';
import { NEVER_BEGUN } from '../../shared/domain/plan.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import { kindNamesOf } from '../../shared/plans/plan-parts.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

interface Deps {
  database: Pick<Database, 'stops' | 'devices' | 'plans'>;
  /** The policy as it is now. */
  policy: () => Policy;
}

const OVER = 'The plan was taken back or ended meanwhile, so nothing of it is written any more.';

/**
 * Whether a workflow may go on writing. Fails, and is asked again, while stops, devices or the plan cannot be read: what is
 * not known to be allowed is not done.
 */
export async function mayProceed(
  { database, policy }: Deps,
  { stage, planId, heedsWindows, deviceIds, undoAskedAt }: AdmissionRequest,
): Promise<Admission> {
  const [stops, devices, plan] = await Promise.all([
    database.stops.active(),
    database.devices.getMany(deviceIds),
    planId === null ? null : database.plans.wish(planId),
  ]);
  if (devices.length !== new Set(deviceIds).size) throw new AppError('DEVICE_NOT_FOUND', { details: { deviceIds } });
  if (planId !== null && plan === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId } });
  if (plan !== null && undoAskedAt === undefined && NEVER_BEGUN.has(plan.status)) {
    return { answer: 'pause', reason: toErrorBody(new AppError('PLAN_STATE_CONFLICT', { message: OVER })) };
  }
  const facts = {
    stage,
    atMs: currentMs(),
    stops,
    policy: policy(),
    devices,
    plan: plan === null ? null : { ...plan, kinds: kindNamesOf(plan) },
    undoAskedAt,
  };
  return decideAdmission({ ...facts, heedsWindows });
}
