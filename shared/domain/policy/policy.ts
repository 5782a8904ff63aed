import { z } from 'zod';
import { CAPABILITY_FLAGS } from '../device.ts';
import { MOST_PLAN_DEVICES } from '../plan.ts';
import {
  contradiction,
  listOf,
  oneOf,
  PolicyObject,
  positive,
  rulesOf,
  text,
  whole,
  yesOrNo,
} from './policy-fields.ts';
import { autoApprovalRule, demandKnownWindows } from './auto-approval.ts';
import { HealthRule } from './health-rules.ts';
import { AppliesTo } from './policy-target.ts';
import { Marker, ProtectedRule } from './protected-rules.ts';
import { Quotas } from './quota-rules.ts';
import { Freeze, MaintenanceWindow } from './window-rules.ts';

/** What the names in a policy may be; the file is checked against what this version knows. */
export interface PolicyNames {
  toolsets: readonly string[];
  planKinds: readonly string[];
}

/** The policy file: every key with what it means, what it may be, and what holds without it. */
export function policySchema({ toolsets, planKinds }: PolicyNames) {
  const Toolsets = z.array(oneOf(toolsets), { error: 'a list of toolsets' });
  const PlanKinds = z.array(oneOf(planKinds), { error: 'a list of plan kinds' });
  const EnvironmentRule = PolicyObject({
    singleDeviceWrites: yesOrNo().default(true).describe('Whether one device may be written at once, without a plan'),
    toolsets: Toolsets.min(1, { error: 'at least one toolset; for none, take "singleDeviceWrites: false"' })
      .optional()
      .describe('Toolsets whose tools may write one device at once; without it all'),
    planKinds: PlanKinds.optional().describe(
      'Kinds of plans that may be made and carried out; without it all, `[]` for none',
    ),
    minApprovals: whole(1, 5)
      .optional()
      .describe('Approvals a plan needs at least, whatever its risk; never one of the requester'),
    maxPlanDevices: whole(1, MOST_PLAN_DEVICES).optional().describe('Devices of one plan at most'),
    approvalCommentRequired: yesOrNo()
      .default(false)
      .describe('Whether votes on plans must say why in `comment`; a vote that does not is refused'),
    approvalValidHours: positive(8_760)
      .default(72)
      .describe(
        'Hours for which the approvals of a plan hold, from the last vote or from when it could first begin; one that has ' +
          'not begun by then expires, and failed devices are not tried again',
      ),
    commentRequired: yesOrNo().default(false).describe('Whether writes and plans must say why in `comment`'),
  }).superRefine((rule, context) => {
    const refuse = (key: string, message: string) => contradiction(context, [key], message);
    if (!rule.singleDeviceWrites && rule.toolsets !== undefined) {
      refuse('toolsets', 'contradicts "singleDeviceWrites: false", with which no toolset writes');
    }
    if (rule.planKinds?.length !== 0) return;
    for (const key of ['minApprovals', 'maxPlanDevices'] as const) {
      if (rule[key] !== undefined) refuse(key, 'contradicts "planKinds: []", with which there are no plans');
    }
  });
  const CapabilityRule = PolicyObject({
    appliesTo: AppliesTo.describe('The devices that may do less'),
    withoutFlags: listOf(oneOf(CAPABILITY_FLAGS), `a list of ${CAPABILITY_FLAGS.join(', ')}`)
      .optional()
      .describe('Capability flags that do not count there, even where an administrator has set them'),
    withoutToolsets: Toolsets.min(1, { error: 'at least one toolset' })
      .optional()
      .describe('Toolsets whose tools do not write there'),
    withoutPlanKinds: PlanKinds.min(1, { error: 'at least one plan kind' })
      .optional()
      .describe('Kinds of plans they are not part of'),
    reason: text(200).optional().describe('Why, for whoever is refused'),
  }).superRefine(({ withoutFlags, withoutToolsets, withoutPlanKinds }, context) => {
    if ((withoutFlags ?? withoutToolsets ?? withoutPlanKinds) !== undefined) return;
    const message = 'takes nothing away; allowed is at least one of withoutFlags, withoutToolsets, withoutPlanKinds';
    contradiction(context, [], message);
  });

  return PolicyObject({
    environments: PolicyObject({
      lab: EnvironmentRule.prefault({}).describe('Devices of the environment `lab`'),
      staging: EnvironmentRule.prefault({}).describe('Devices of the environment `staging`'),
      prod: EnvironmentRule.prefault({}).describe('Devices of the environment `prod`'),
    })
      .prefault({})
      .describe('What may be changed in each environment'),
    windows: rulesOf(MaintenanceWindow).describe('Maintenance windows by name'),
    freezes: rulesOf(Freeze).describe('Freezes by name'),
    protected: PolicyObject({
      marker: Marker.default('convoy:protected').describe(
        'An entry whose comment holds this text is never written; people set it at the router',
      ),
      objects: rulesOf(ProtectedRule).describe('Further protected objects by name'),
    })
      .prefault({})
      .describe('What is never written'),
    capabilities: rulesOf(CapabilityRule).describe(
      'What some devices may not be used for, by name; a policy only takes away',
    ),
    health: rulesOf(HealthRule).describe('When devices are healthy and when not, by name'),
    quotas: Quotas.prefault({}).describe('How much one person or service may do'),
    autoApproval: rulesOf(autoApprovalRule(oneOf(planKinds))).describe(
      'Cases in which a plan of low risk is approved without a person, by name',
    ),
  }).superRefine(demandKnownWindows);
}

/** A policy that was checked, with every default filled in. */
export type Policy = z.output<ReturnType<typeof policySchema>>;
export type EnvironmentRule = Policy['environments']['prod'];

/** What holds where no policy file is given: entries marked at a router are left alone, and nothing else is restricted. */
export const DEFAULT_POLICY: Policy = policySchema({ toolsets: ['-'], planKinds: ['-'] }).parse({});
