import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { Environment } from '../../../domain/environment.ts';
import type { Approval, PlanStatus, RefusedDecision, Risk, RolloutOptions } from '../../../domain/plan.ts';
import type { PreCheck } from '../../../domain/pre-check.ts';

/**
 * A plan. Columns of type `json` keep the text exactly as it was given: what routers supply may hold characters that
 * `jsonb` refuses, such as U+0000.
 */
export const PlanEntity = defineEntity({
  name: 'Plan',
  tableName: 'plan',
  properties: {
    planId: p.text().collation('C').primary(),
    kind: p.text(),
    input: p.json<Record<string, unknown>>().columnType('json'),
    environment: p.text().$type<Environment>(),
    rollout: p.json<RolloutOptions>(),
    requestedBy: p.text(),
    requestedByName: p.text(),
    comment: p.text(),
    status: p.text().$type<PlanStatus>(),
    statusReason: p.text().strictNullable(),
    /** The next seven are null until the plan is prepared. */
    digest: p.text().strictNullable(),
    risk: p.text().$type<Risk>().strictNullable(),
    riskReasons: p.json<string[]>().columnType('json').strictNullable(),
    approvalsNeeded: p.integer().strictNullable(),
    approvalCommentRequired: p.boolean().strictNullable(),
    /** Also null of plans that are older than it. */
    approvalValidHours: p.double().strictNullable(),
    preChecks: p.json<PreCheck[]>().columnType('json').strictNullable(),
    /** The plan it was made anew from, and the one that was made anew from it. */
    replaces: p.text().collation('C').strictNullable(),
    replacedBy: p.text().collation('C').strictNullable(),
    /** Since when it holds its devices although its status does not say so yet, and since when it waits for them. */
    claimedAt: p.datetime().strictNullable(),
    waitsSince: p.datetime().strictNullable(),
    approvals: p.json<Approval[]>().columnType('json'),
    refusedDecisions: p.json<RefusedDecision[]>().columnType('json'),
    revision: p.bigint('number'),
    /** Of the rollout, while one runs. */
    estimatedEndAt: p.datetime().strictNullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    rollbackUntil: p.datetime().strictNullable(),
    /** Null while the plan is not approved, and of plans whose approvals hold for ever. */
    approvalValidUntil: p.datetime().strictNullable(),
  },
  indexes: [
    { name: 'plan_status_index', properties: ['status', 'planId'] },
    { name: 'plan_requested_by_index', properties: ['requestedBy', 'planId'] },
  ],
});
export type PlanEntity = InferEntity<typeof PlanEntity>;
