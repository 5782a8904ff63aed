import { createHash } from 'node:crypto';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { Step } from '../../shared/domain/change.ts';
import { APPROVALS_NEEDED } from '../../shared/domain/plan.ts';
import { approvalsNeeded } from '../../shared/domain/policy/admission.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { digestInput, type DigestSource } from '../../shared/plans/digest-input.ts';
import { findPlanKind } from '../../shared/plans/index.ts';
import { kindNamesOf } from '../../shared/plans/plan-parts.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { guardedParts } from '../../shared/routeros/change-limits.ts';
import { capturesOf, PlanRefused, stepsOfEach, type ComposedDevice } from './compose-devices.ts';
import { diffMarkdown } from './diff-markdown.ts';
import { preChecksOf, type PreCheckFacts } from './pre-checks.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface ComposeDeps extends Pick<Database, 'plans' | 'devices' | 'claims' | 'health'> {
  policy: () => Policy;
  /** Devices on which a change is running now, and whose it is. */
  runningChanges: () => Promise<{ deviceId: string; planId: string | null }[]>;
}

/**
 * Turns what was captured into steps, diffs, risk, pre-checks and the digest people approve, and stores them. Fails when the
 * plan must not be made, and then keeps the check that says why. Idempotent.
 */
export async function composePlan(deps: ComposeDeps, { planId }: { planId: string }): Promise<PreparedPlan> {
  try {
    return await compose(deps, planId);
  } catch (error) {
    if (error instanceof PlanRefused) await deps.plans.savePreChecks(planId, [error.preCheck]);
    throw error;
  }
}

async function compose(deps: ComposeDeps, planId: string): Promise<PreparedPlan> {
  const { plans } = deps;
  const plan = await plans.get(planId);
  if (!plan) throw new AppError('PLAN_NOT_FOUND');
  const kind = findPlanKind(plan.kind);
  if (!kind) throw new AppError('NOT_FOUND', { message: `There is no plan kind "${plan.kind}".` });
  const input = kind.input.parse(plan.input);
  const captures = capturesOf(kind, await plans.captures(planId));
  const refusal = kind.refuseTogether?.(captures, input);
  if (refusal) throw new AppError('VALIDATION_ERROR', { message: refusal });
  const devices = stepsOfEach(kind, captures, input);
  const toChange = devices.filter((device) => device.steps.length > 0);
  const skipped = devices.filter((device) => device.steps.length === 0);
  if (toChange.length === 0) throw new AppError('PLAN_EMPTY');
  const rules = deps.policy();
  const captured = toChange.map((device) => device.captured);
  const { risk, reasons } = kind.risk({ environment: plan.environment, deviceCount: toChange.length, captured }, input);
  const decided = {
    risk,
    riskReasons: reasons,
    approvalsNeeded: approvalsNeeded(rules, plan.environment, APPROVALS_NEEDED[risk]),
    approvalCommentRequired: rules.environments[plan.environment].approvalCommentRequired,
    approvalValidHours: rules.environments[plan.environment].approvalValidHours,
  };
  const facts = await learn(deps, plan, toChange);
  const preChecks = preChecksOf({ ...facts, ...decided, plan, kinds: kindNamesOf(plan), total: devices.length });
  const prepared = { digest: digestOf({ kind: plan.kind, input, devices }), ...decided };
  await plans.savePrepared(planId, {
    ...prepared,
    preChecks,
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
    skipped: skipped.length,
    deviceIds: toChange.map((device) => device.deviceId),
    // Names of a thousand devices are in the plan's row; here it is what is told of them.
    preChecks: preChecks.map((check) => ({ ...check, devices: [] })),
    diffMarkdown: diffMarkdown(toChange, planId),
  };
}

/** What is known of the devices that will be written besides what was captured. */
async function learn(
  { devices: registry, claims, health, policy, runningChanges }: ComposeDeps,
  { planId, replaces }: StoredPlan,
  toChange: readonly ComposedDevice[],
): Promise<Pick<PreCheckFacts, 'devices' | 'health' | 'running' | 'openPlans' | 'policy' | 'atMs'>> {
  const deviceIds = toChange.map(({ deviceId }) => deviceId);
  const [registered, newest, openPlans, running] = await Promise.all([
    registry.getMany(deviceIds),
    health.newest(deviceIds, { withinSeconds: HEALTH_IS_KNOWN_SECONDS }),
    claims.openPlansOn({ planId, deviceIds }),
    // That is told, and no reason not to make the plan.
    runningChanges().catch(() => null),
  ]);
  const byId = new Map(registered.map((device) => [device.deviceId, device]));
  const devices = toChange.map(({ deviceId, steps }) => {
    const device = byId.get(deviceId);
    if (device === undefined) throw new AppError('DEVICE_NOT_FOUND', { details: { deviceId } });
    return { device, steps };
  });
  // The one it is made anew from is withdrawn.
  const others = openPlans.filter((plan) => plan.planId !== replaces);
  return { devices, health: newest, running, openPlans: others, policy: policy(), atMs: currentMs() };
}

/** A health that is older says nothing of today. */
const HEALTH_IS_KNOWN_SECONDS = 86_400;

/**
 * Recomputes the digest from the stored rows and answers the digest of each named device's own steps; fails with
 * PLAN_TAMPERED when the rows are not the approved ones.
 */
export async function verifyDigest(
  { plans }: Pick<Database, 'plans'>,
  { planId, digest, deviceIds }: { planId: string; digest: string; deviceIds: string[] },
): Promise<{ stepsDigests: Record<string, string> }> {
  const source = await plans.digestSource(planId);
  if (digestOf(source) !== digest) throw new AppError('PLAN_TAMPERED', { details: { planId } });
  const wanted = new Set(deviceIds);
  const named = source.devices.filter(({ deviceId }) => wanted.has(deviceId));
  return { stepsDigests: Object.fromEntries(named.map(({ deviceId, steps }) => [deviceId, stepsDigestOf(steps)])) };
}

/** One device's steps; fails with PLAN_TAMPERED when they are not the ones whose digest was verified. */
export async function loadPlanSteps(
  { plans }: Pick<Database, 'plans'>,
  { planId, deviceId, stepsDigest }: { planId: string; deviceId: string; stepsDigest: string },
): Promise<{ steps: Step[]; guardedParts: number[]; written: number[] | null }> {
  const own = await plans.steps(planId, deviceId);
  if (!own) throw new AppError('PLAN_NOT_FOUND', { details: { planId, deviceId } });
  const { steps, written } = own;
  if (stepsDigestOf(steps) !== stepsDigest) throw new AppError('PLAN_TAMPERED', { details: { planId, deviceId } });
  return { steps, guardedParts: guardedParts(steps), written };
}

function stepsDigestOf(steps: readonly Step[]): string {
  return sha256(canonicalJson(steps));
}

function digestOf(source: DigestSource): string {
  return sha256(digestInput(source));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
