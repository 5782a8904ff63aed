import { z } from 'zod';
import { DECIDING_ROLES } from '../../shared/domain/plan-controls.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { ERROR_CODES, type ErrorCode } from '../../shared/errors/codes.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PersonStore } from '../../shared/platform/persistence/stores/person-store.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { rolesOnPlan } from '../call/resolve-plan.ts';
import { PlanIdField, PlanShape } from './plan-shape.ts';

const Vote = z.object({
  counts: z.boolean(),
  code: z.string().nullable().describe('Why it would not count'),
  message: z.string().nullable(),
});

const { planId, status, digest, risk, expiresAt, requestedBy, approvalsNeeded, approvals, refusedDecisions, links } =
  PlanShape.shape;

const PlanApprovals = z.object({
  planId,
  status,
  digest,
  risk,
  expiresAt,
  requestedBy: requestedBy.describe('May reject the plan, not approve it'),
  approvalsNeeded,
  approvalsGiven: z.int(),
  decisions: approvals.describe('Votes that counted, oldest first'),
  refusedDecisions: refusedDecisions.describe('The last votes that did not count, and why'),
  decidingRoles: z
    .array(z.string())
    .describe('Whoever has one of these on all of its devices may decide, at links.console'),
  you: z.object({ approve: Vote, reject: Vote }).describe('Whether your vote would count now'),
  links,
});

export interface PlanApprovalsDeps {
  people: Pick<PersonStore, 'get'>;
  devices: Pick<DeviceStore, 'getMany'>;
  linksOf: (planId: string) => z.output<typeof links>;
}

/** Who may decide on a plan and who did. Nothing here decides. */
export function getPlanApprovalsAction({ people, devices, linksOf }: PlanApprovalsDeps): Action {
  return defineAction({
    name: 'get_plan_approvals',
    title: 'Approvals of a plan',
    description:
      'Who decided on a plan, whose votes did not count and why, how many are needed, and whether yours would count. ' +
      'Deciding itself is not possible here.',
    toolset: 'plans',
    isCore: false,
    rate: 'read',
    phase: 3,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({ planId: PlanIdField }),
    output: PlanApprovals,
    target: { on: 'plan' },
    async dispatch({ target: { plan }, principal }) {
      const isRequester = await isSamePerson(people, plan.requestedBy, principal);
      const { sub } = principal;
      const refusal = refusalOf(plan, { sub, roles: await rolesOnPlan(devices, principal, plan, DECIDING_ROLES) });
      return {
        output: {
          planId: plan.planId,
          status: plan.status,
          digest: plan.digest,
          risk: plan.risk,
          expiresAt: plan.expiresAt,
          requestedBy: plan.requestedBy,
          approvalsNeeded: plan.approvalsNeeded,
          approvalsGiven: plan.approvals.filter(({ decision }) => decision === 'approve').length,
          decisions: plan.approvals,
          refusedDecisions: plan.refusedDecisions,
          decidingRoles: [...DECIDING_ROLES],
          you: {
            approve: voteOf(isRequester ? 'APPROVAL_BY_REQUESTER' : refusal),
            reject: voteOf(refusal),
          },
          links: linksOf(plan.planId),
        },
      };
    },
    summarize: ({ planId: id, approvalsGiven, approvalsNeeded: needed }) =>
      `Plan ${id}: ${approvalsGiven} of ${needed} approvals.`,
  });
}

/** Providers may give one person a subject of their own at every client; the e-mail tells them together. */
async function isSamePerson(
  people: PlanApprovalsDeps['people'],
  sub: string,
  { sub: own, email }: Principal,
): Promise<boolean> {
  if (sub === own) return true;
  const requester = email === null ? null : await people.get(sub);
  return requester?.email != null && requester.email.toLowerCase() === email?.toLowerCase();
}

function refusalOf(
  { status: now, approvals: given }: StoredPlan,
  { sub, roles }: Pick<Principal, 'sub' | 'roles'>,
): ErrorCode | null {
  if (roles.length === 0) return 'APPROVAL_ROLE_MISSING';
  if (now === 'expired') return 'PLAN_EXPIRED';
  if (given.some(({ by }) => by === sub)) return 'APPROVAL_DUPLICATE';
  return now === 'awaiting_approval' ? null : 'PLAN_STATE_CONFLICT';
}

function voteOf(code: ErrorCode | null): z.input<typeof Vote> {
  return { counts: code === null, code, message: code === null ? null : ERROR_CODES[code].public };
}
