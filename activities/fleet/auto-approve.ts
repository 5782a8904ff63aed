import { createHash } from 'node:crypto';
import type { WorkflowAudit } from '../../shared/contract/fleet-activities.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { Approval } from '../../shared/domain/plan.ts';
import { autoApprovalOf } from '../../shared/domain/policy/auto-approval.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { Role, rolesOn } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Phase } from '../../shared/operations/define-operation.ts';
import { kindNamesOf } from '../../shared/plans/plan-parts.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { currentIso, currentMs } from '../../shared/platform/process/platform-clock.ts';

interface Deps {
  database: Pick<Database, 'plans' | 'people' | 'devices'>;
  policy: () => Policy;
  /** Of the deployment; rules approve nothing before phase 5. */
  phase: Phase;
  audit: (record: WorkflowAudit) => Promise<void>;
}

const FROM_PHASE = 5;

/**
 * The approval that a rule of the policy gives a prepared plan, or null when people must decide. It is on record, with the
 * rule and the digest of the policy it stood in, before it has any effect.
 */
export async function autoApprove(
  { database, policy, phase, audit }: Deps,
  { planId }: { planId: string },
): Promise<Approval | null> {
  if (phase < FROM_PHASE) return null;
  const now = policy();
  const found = await ruleFor(database, now, planId);
  if (found === null) return null;
  const { rule, digest } = found;
  const policyDigest = digestOfPolicy(now);
  await audit({
    key: `${planId}/auto-approval`,
    action: 'plan.auto_approve',
    actor: `policy:${rule}`,
    planId,
    outcome: 'ok',
    details: { rule: `autoApproval.${rule}`, policyDigest, digest },
  });
  return {
    by: `policy:${rule}`,
    at: currentIso(),
    decision: 'approve',
    via: 'policy',
    comment: `Approved by the rule autoApproval.${rule} of the policy ${policyDigest.slice(0, 12)}.`,
  };
}

/**
 * Fails with PLAN_APPROVER_WITHDRAWN when a rule that approved the plan would not any more, because it or what it asks for
 * has changed.
 */
export async function demandRules(
  { database, policy, phase }: Omit<Deps, 'audit'>,
  { planId, rules }: { planId: string; rules: string[] },
): Promise<void> {
  if (rules.length === 0) return;
  const found = phase < FROM_PHASE ? null : await ruleFor(database, policy(), planId, { evenOutsideWindow: true });
  if (found !== null) return;
  throw new AppError('PLAN_APPROVER_WITHDRAWN', {
    message: `The policy's rule ${rules.join(', ')} that approved the plan does not do so any more.`,
    hint: 'Propose the plan anew, so that people decide on it.',
    details: { rules },
  });
}

async function ruleFor(
  { plans, people, devices }: Deps['database'],
  { autoApproval, windows }: Policy,
  planId: string,
  { evenOutsideWindow = false } = {},
): Promise<{ rule: string; digest: string } | null> {
  if (Object.keys(autoApproval).length === 0) return null;
  const plan = await plans.get(planId);
  if (plan === null) throw new AppError('PLAN_NOT_FOUND', { details: { planId } });
  const targets = await devices.getMany(plan.devices.map(({ deviceId }) => deviceId));
  const person = await people.get(plan.requestedBy);
  const holder = { grants: person?.askedAs ?? person?.grants ?? [] };
  const rules = evenOutsideWindow
    ? Object.fromEntries(Object.entries(autoApproval).map(([name, rule]) => [name, { ...rule, window: undefined }]))
    : autoApproval;
  const rule = autoApprovalOf(
    { autoApproval: rules, windows },
    {
      environment: plan.environment,
      kinds: kindNamesOf(plan),
      deviceCount: plan.devices.length,
      risk: plan.risk,
      approvalsNeeded: plan.approvalsNeeded,
      requester: {
        sub: plan.requestedBy,
        roles: Role.options.filter((role) => targets.every((device) => rolesOn(holder, device).includes(role))),
      },
      atMs: currentMs(),
    },
  );
  return rule === null ? null : { rule, digest: plan.digest };
}

/** Names the policy as it was: SHA-256 of its canonical JSON, hex. */
function digestOfPolicy(policy: Policy): string {
  return createHash('sha256').update(canonicalJson(policy)).digest('hex');
}
