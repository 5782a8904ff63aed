import type { z } from 'zod';
import { Environment } from '../environment.ts';
import { MOST_PLAN_DEVICES, type Risk } from '../plan.ts';
import { Role } from '../principal.ts';
import { contradiction, listOf, oneOf, PolicyObject, text, whole, yesOrNo } from './policy-fields.ts';
import { isInWindow, type MaintenanceWindow } from './window-rules.ts';

const Requesters = PolicyObject({
  roles: listOf(Role, `a list of ${Role.options.join(', ')}`)
    .optional()
    .describe('Whoever holds one of these roles on every device of the plan'),
  subjects: listOf(text(200), 'a list of subjects of the identity provider')
    .optional()
    .describe('These subjects of the identity provider'),
}).superRefine(({ roles, subjects }, context) => {
  if ((roles ?? subjects) !== undefined) return;
  context.addIssue({ code: 'custom', message: 'names nobody; allowed is at least one of roles, subjects' });
});

/** A named case in which the policy approves a plan in a person's place. Every criterion must be met. */
export function autoApprovalRule<Kind extends z.ZodType<string>>(kind: Kind) {
  return PolicyObject({
    environments: listOf(Environment, 'a list of lab, staging, prod').describe('Environments of the plans'),
    allowProd: yesOrNo().default(false).describe('Must be true for `prod` to be among the environments'),
    planKinds: listOf(kind, 'a list of plan kinds').describe('Kinds of the plans'),
    maxDevices: whole(1, MOST_PLAN_DEVICES).describe('Devices of a plan at most'),
    highestRisk: oneOf(['low']).default('low').describe('Only plans of low risk are ever approved by a rule'),
    requesters: Requesters.describe('Who must have asked'),
    window: text(64).optional().describe('Name of a window of `windows` that must be open when the plan is prepared'),
  }).superRefine(({ environments, allowProd }, context) => {
    if (allowProd || !environments.includes('prod')) return;
    contradiction(context, ['environments'], 'names prod, which takes "allowProd: true" beside it');
  });
}
export type AutoApprovalRule = z.output<ReturnType<typeof autoApprovalRule<z.ZodType<string>>>>;

interface Rules {
  autoApproval: Readonly<Record<string, AutoApprovalRule>>;
  windows: Readonly<Record<string, MaintenanceWindow>>;
}

/** Names every rule whose window is not there, as an issue of the policy file. */
export function demandKnownWindows({ autoApproval, windows }: Rules, context: z.RefinementCtx): void {
  for (const [name, { window }] of Object.entries(autoApproval)) {
    if (window === undefined || Object.hasOwn(windows, window)) continue;
    const known = Object.keys(windows).join(', ') || 'none, because there are no windows';
    const path = ['autoApproval', name, 'window'];
    context.addIssue({ code: 'custom', path, message: `the name of one of \`windows\`: ${known}` });
  }
}

export interface AutoApprovalFacts {
  environment: Environment;
  /** Its kind, and those of the changes it is composed of: a rule must name all of them. */
  kinds: readonly string[];
  deviceCount: number;
  risk: Risk;
  approvalsNeeded: number;
  /** The roles are those held on every device of the plan. */
  requester: { sub: string; roles: readonly Role[] };
  atMs: number;
}

/**
 * Name of the first rule that approves the plan, or null. A plan of medium or high risk, or one that needs more than one
 * approval, is always left to people. Pure.
 */
export function autoApprovalOf({ autoApproval, windows }: Rules, facts: AutoApprovalFacts): string | null {
  const { environment, kinds, deviceCount, risk, approvalsNeeded, requester, atMs } = facts;
  if (risk !== 'low' || approvalsNeeded > 1) return null;
  const isMet = (rule: AutoApprovalRule): boolean => {
    const window = rule.window === undefined ? null : windows[rule.window];
    return (
      rule.environments.includes(environment) &&
      (environment !== 'prod' || rule.allowProd) &&
      kinds.every((kind) => rule.planKinds.includes(kind)) &&
      deviceCount <= rule.maxDevices &&
      isRequester(rule, requester) &&
      (window === null || (window !== undefined && isInWindow(window, atMs)))
    );
  };
  return Object.entries(autoApproval).find(([, rule]) => isMet(rule))?.[0] ?? null;
}

function isRequester({ requesters }: AutoApprovalRule, { sub, roles }: AutoApprovalFacts['requester']): boolean {
  return (
    (requesters.roles?.some((role) => roles.includes(role)) ?? false) || (requesters.subjects?.includes(sub) ?? false)
  );
}
