import { createHash } from 'node:crypto';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { changesOf, type Change, type Step } from '../../shared/domain/change.ts';
import type { Device } from '../../shared/domain/device.ts';
import { APPROVALS_NEEDED } from '../../shared/domain/plan.ts';
import { approvalsNeeded } from '../../shared/domain/policy/admission.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { policyRefused } from '../../shared/domain/policy/policy-refusal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import { digestInput } from '../../shared/plans/digest-input.ts';
import { findPlanKind } from '../../shared/plans/index.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { assertWithinLimits, guardedParts } from '../../shared/routeros/change-limits.ts';
import { protectedBy } from '../../shared/routeros/protected-objects.ts';
import { diffMarkdown } from './diff-markdown.ts';

/** Device names spelled out in a refusal. */
const NAMED_AT_MOST = 10;
const MOST_IN_DETAILS = 100;

/**
 * Turns what was captured into steps, diffs, risk and the digest people approve, and stores them. Fails with POLICY_REFUSED
 * when a step is about something protected. Idempotent.
 */
export async function composePlan(
  { plans, devices: registry, policy }: Pick<Database, 'plans' | 'devices'> & { policy: () => Policy },
  { planId }: { planId: string },
): Promise<PreparedPlan> {
  const plan = await plans.get(planId);
  if (!plan) throw new AppError('PLAN_NOT_FOUND');
  const kind = findPlanKind(plan.kind);
  if (!kind) throw new AppError('NOT_FOUND', { message: `There is no plan kind "${plan.kind}".` });
  const input = kind.input.parse(plan.input);
  const captures = (await plans.captures(planId)).map(({ deviceId, name, captured }) => {
    if (captured === null) throw new AppError('INTERNAL_ERROR', { message: `${name} was not captured.` });
    return { deviceId, name, current: kind.current.parse(captured) };
  });
  const refusal = kind.refuseTogether?.(captures, input);
  if (refusal) throw new AppError('VALIDATION_ERROR', { message: refusal });
  const devices = stepsOfEach(kind, captures, input);
  const toChange = devices.filter((device) => device.steps.length > 0);
  if (toChange.length === 0) throw new AppError('PLAN_EMPTY');
  const rules = policy();
  const registered = new Map(
    (await registry.getMany(toChange.map(({ deviceId }) => deviceId))).map((one) => [one.deviceId, one]),
  );
  for (const { deviceId, steps } of toChange) refuseProtected(rules, registered.get(deviceId), steps);
  const captured = toChange.map((device) => device.captured);
  const { risk, reasons } = kind.risk({ environment: plan.environment, deviceCount: toChange.length, captured }, input);
  const digest = sha256(digestInput({ kind: plan.kind, input, devices }));
  const prepared = {
    digest,
    risk,
    riskReasons: reasons,
    approvalsNeeded: approvalsNeeded(rules, plan.environment, APPROVALS_NEEDED[risk]),
    approvalCommentRequired: rules.environments[plan.environment].approvalCommentRequired,
  };
  await plans.savePrepared(planId, {
    ...prepared,
    devices: devices.map(({ deviceId, steps, changes }) => ({
      deviceId,
      steps,
      changes,
      status: steps.length > 0 ? ('pending' as const) : ('skipped' as const),
    })),
  });
  return {
    planId,
    ...prepared,
    toChange: toChange.length,
    skipped: devices.length - toChange.length,
    deviceIds: toChange.map((device) => device.deviceId),
    diffMarkdown: diffMarkdown(toChange, planId),
  };
}

type Values = Record<string, unknown>;

interface ComposedDevice {
  deviceId: string;
  name: string;
  captured: Values;
  steps: Step[];
  changes: Change[];
}

/** A kind that refuses some of the devices refuses the plan: with the first reason, and the names of all it holds for. */
function stepsOfEach(
  kind: PlanKind,
  captures: readonly { deviceId: string; name: string; current: Values }[],
  input: Values,
): ComposedDevice[] {
  const composed: ComposedDevice[] = [];
  const refused: { name: string; error: AppError }[] = [];
  for (const { deviceId, name, current } of captures) {
    try {
      const steps = kind.steps(current, input);
      assertWithinLimits(steps);
      composed.push({ deviceId, name, captured: current, steps, changes: changesOf(steps) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ name, error });
    }
  }
  const [first] = refused;
  if (first === undefined) return composed;
  const { code, message, hint, details } = first.error;
  const alike = refused.filter(({ error }) => error.message === message).map(({ name }) => name);
  throw new AppError(code, {
    message: `${listed(alike)}: ${message}`,
    hint,
    details: { ...details, devices: refused.slice(0, MOST_IN_DETAILS).map(({ name }) => name) },
    cause: first.error,
  });
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_AT_MOST;
  return names.slice(0, NAMED_AT_MOST).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** By what the steps themselves say; what a router holds by then is looked at right before they are written. */
function refuseProtected(policy: Policy, device: Device | undefined, steps: readonly Step[]): void {
  if (device === undefined) throw new AppError('DEVICE_NOT_FOUND');
  const refusal = steps.map((step) => protectedBy(policy, device, step)).find((found) => found !== null);
  if (refusal !== undefined) throw policyRefused({ ...refusal, message: `${device.name}: ${refusal.message}` });
}

/**
 * Recomputes the digest from the stored rows and answers the digest of each named device's own steps; fails with
 * PLAN_TAMPERED when the rows are not the approved ones.
 */
export async function verifyDigest(
  { plans }: Pick<Database, 'plans'>,
  { planId, digest, deviceIds }: { planId: string; digest: string; deviceIds: string[] },
): Promise<{ stepsDigests: Record<string, string> }> {
  const source = await plans.digestSource(planId);
  if (sha256(digestInput(source)) !== digest) throw new AppError('PLAN_TAMPERED', { details: { planId } });
  const wanted = new Set(deviceIds);
  const named = source.devices.filter(({ deviceId }) => wanted.has(deviceId));
  return { stepsDigests: Object.fromEntries(named.map(({ deviceId, steps }) => [deviceId, stepsDigestOf(steps)])) };
}

/** One device's steps; fails with PLAN_TAMPERED when they are not the ones whose digest was verified. */
export async function loadPlanSteps(
  { plans }: Pick<Database, 'plans'>,
  { planId, deviceId, stepsDigest }: { planId: string; deviceId: string; stepsDigest: string },
): Promise<{ steps: Step[]; guardedParts: number[] }> {
  const steps = await plans.steps(planId, deviceId);
  if (!steps) throw new AppError('PLAN_NOT_FOUND', { details: { planId, deviceId } });
  if (stepsDigestOf(steps) !== stepsDigest) throw new AppError('PLAN_TAMPERED', { details: { planId, deviceId } });
  return { steps, guardedParts: guardedParts(steps) };
}

function stepsDigestOf(steps: readonly Step[]): string {
  return sha256(canonicalJson(steps));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
