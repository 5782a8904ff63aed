import { z } from 'zod';
import { SETTLED_PLAN_STATUSES } from '../../shared/domain/plan.ts';
import { Role, SCOPES } from '../../shared/domain/principal.ts';
import type { KeptAnswer, StoredCall } from '../../shared/platform/persistence/stores/call-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { POLL_AFTER_SECONDS } from '../call/call-outcome.ts';
import { callNotFound, type KeptCalls } from '../call/kept-calls.ts';
import { resolvePlan } from '../call/resolve-plan.ts';
import { mayStillHave } from './may-still-have.ts';
import { progressReport } from '../plans/await-plan.ts';
import type { PlanViews } from '../plans/plan-view.ts';
import { sayPlan } from '../plans/say-plan.ts';
import { CallState } from './call-state.ts';

export interface GetCallDeps {
  kept: KeptCalls;
  stores: Parameters<typeof resolvePlan>[0];
  /** Everything that can be called. */
  actions: () => readonly Action[];
  views: PlanViews;
}

/** What came of a call that took long: the caller's own, from whichever process is asked. */
export function getCallAction({ kept, stores, actions, views }: GetCallDeps): Action {
  return defineAction({
    name: 'get_call',
    title: 'Get a call that took long',
    description:
      'What came of an earlier call of yours that was answered with a callId because it took long: working, or the ' +
      'result as that call would have given it. Kept for an hour.',
    toolset: 'fleet',
    isCore: true,
    rate: 'read',
    phase: 1,
    roles: Role.options,
    scopes: SCOPES,
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    isBounded: true,
    input: z.strictObject({ callId: z.string().min(1).max(64).describe('As the answer to the long call gave it') }),
    output: CallState,
    target: { on: 'nothing' },
    async dispatch({ input: { callId }, principal }) {
      const call = await kept.find(principal.sub, callId);
      const action = actions().find(({ name }) => name === call.action);
      if (!(await mayStillHave(stores, principal, { action, call }))) throw callNotFound(callId);
      if (!call.followsPlan || call.planId === null || call.status !== 'working') return { output: stateOf(call) };
      const plan = await resolvePlan(stores, principal, call.planId);
      const settled: readonly string[] = SETTLED_PLAN_STATUSES;
      if (!settled.includes(plan.status)) return { output: stateOf({ ...call, progress: progressReport(plan) }) };
      const view = views.whole(plan);
      const answer = { output: { ...view }, summary: sayPlan(view) };
      return { output: stateOf({ ...call, status: 'completed', progress: progressReport(plan), answer }) };
    },
    brief: ({ result, ...call }) => {
      const action = actions().find(({ name }) => name === call.action);
      return { ...call, ...(result === undefined ? {} : { result: action?.brief?.(result) ?? result }) };
    },
    summarize: ({ action, callStatus, summary, error, progress }) => {
      if (callStatus === 'completed') return summary ?? `${action} is done.`;
      if (callStatus === 'failed') return `${action} failed: ${error?.message ?? ''}`;
      if (callStatus === 'cancelled') return `${action} was cancelled.`;
      return `${action} is still being carried out${progress === undefined ? '' : ` (${progress.message})`}.`;
    },
  });
}

function stateOf(call: StoredCall): z.input<typeof CallState> {
  const { callId, action, status, createdAt, updatedAt, expiresAt, cancelAsked, progress, answer, error } = call;
  return {
    callId,
    action,
    callStatus: status,
    createdAt,
    updatedAt,
    expiresAt,
    cancelAsked,
    ...(status === 'working' ? { pollAfterSeconds: POLL_AFTER_SECONDS } : {}),
    ...(progress === null ? {} : { progress }),
    ...(answer === null ? {} : resultOf(answer)),
    ...(error === null ? {} : { error }),
  };
}

function resultOf({ summary, output, untrusted = [] }: KeptAnswer): Partial<z.input<typeof CallState>> {
  return { summary, result: output, ...(untrusted.length === 0 ? {} : { untrusted: [...untrusted] }) };
}
