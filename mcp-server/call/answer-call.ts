import type { Logger } from 'pino';
import { SETTLED_PLAN_STATUSES } from '../../shared/domain/plan.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { KeptAnswer } from '../../shared/platform/persistence/stores/call-store.ts';
import type { Precondition } from '../../shared/platform/persistence/stores/device-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { inSpan } from '../../shared/platform/telemetry/spans.ts';
import type { Action, AdmittedCall, CallAgain, Dispatched, Progress, Surface, Target } from './action.ts';
import { newCallId } from './call-id.ts';
import { handleAnswer, replayed } from './call-outcome.ts';
import type { Catalogue } from './catalogue.ts';
import { ALLOW_ALL, type PolicyGate } from './check-policy.ts';
import { confirmFirst, type Confirm } from './confirm-first.ts';
import { createHeldCalls, type CallFacts, type CallHandle } from './held-calls.ts';
import { createArgumentDigests } from './idempotency.ts';
import { CALL_TIMES, createKeptCalls, FOLLOWED_SECONDS, type CallTimes } from './kept-calls.ts';
import { knownArguments } from './known-arguments.ts';
import { createCallRateLimiter, RATE_LIMITS, type RateLimits, type Sharers } from './limit-rate.ts';
import type { PageCursors } from './page-cursor.ts';
import { planIdOfCall } from '../../shared/contract/plan-id-of-call.ts';
import { refusalOfChange } from '../degraded/read-only-refusal.ts';
import { createAuditTrail } from './record-audit.ts';
import { redactOutput } from './redact-output.ts';
import { observeCall } from './observe-call.ts';
import { listOf, takeSteps, targetOf, type CallStep, type Passage, type StepTools } from './steps.ts';
import { NO_QUOTAS, type QuotaGate } from './take-quota.ts';
import { untrustedFieldsOf } from './untrusted-note.ts';

/** Somebody asks for something; the same on every surface. */
export interface CallRequest {
  name: string;
  arguments: unknown;
  surface: Surface;
  principal: Principal;
  correlationId: string;
  /** Of the caller's trace, when it names one. */
  traceId?: string | undefined;
  /** Where the request came from, as far as that can be believed. */
  clientAddress?: string | undefined;
  signal: AbortSignal;
  /** The versions, one of which the target must be. Default: whatever it is. */
  precondition?: Precondition | undefined;
  /** Hears how far the call is. Default: nobody does. */
  report?: (progress: Progress) => void;
  /** The key of the HTTP header; an argument of every action that changes something as well. */
  idempotencyKey?: string | undefined;
  /** The caller can hold a task, and gets one where the action has one. Default false. */
  asTask?: boolean;
  /** The plan from which the proposal is made anew. Only a call that makes another one sets it, never a surface. */
  replaces?: string | undefined;
  /** Asks the caller's person; see `asksFirst` of an action. Default: nobody is asked. */
  confirm?: Confirm | undefined;
}

export interface CallAnswer {
  action: Action;
  output: Record<string, unknown>;
  /** One line for people and models. */
  summary: string;
  /** Of a versioned action: the version that was read or made. */
  tag?: string | undefined;
  /** Present when there is no answer yet: `output` then says how to ask for it. */
  handle?: CallHandle;
  /** The answer is the one of an earlier call under the same idempotency key. */
  replayed?: true;
}

export interface CallerDeps {
  catalogue: Catalogue;
  cursors: PageCursors;
  database: Pick<Database, 'devices' | 'plans' | 'audit' | 'calls' | 'stops'>;
  /** 32 bytes that all web processes share. */
  callSecret: Buffer;
  metrics: Pick<Metrics, 'auditEvents' | 'operationSeconds' | 'calls' | 'callsRefused'>;
  log: Logger;
  /** Default: `RATE_LIMITS`. */
  rateLimits?: RateLimits;
  /** Web processes that share the budgets. Default: this one alone. */
  sharers?: Sharers | undefined;
  /** The deployment's own rules. Default: none. */
  policyGate?: PolicyGate | undefined;
  /** How much somebody may do. Default: as much as they like. */
  quotaGate?: QuotaGate | undefined;
  callTimes?: CallTimes | undefined;
  /** Devices for what only reads, also while the database is away. Default: the database's. */
  knownDevices?: StepTools['knownDevices'];
  /** Fails with SERVICE_READ_ONLY while nothing can be changed. Default: everything can. */
  demandWritable?: StepTools['demandWritable'];
}

export interface Caller {
  catalogue: Catalogue;
  cursors: PageCursors;
  /** Answers or fails with an AppError; what is none has been logged and comes out as INTERNAL_ERROR. */
  answer(request: CallRequest): Promise<CallAnswer>;
  /**
   * What the call would be about, when it may be made; fails as `answer` would before anything is done, and leaves no record:
   * for what a caller wants to go on hearing of. Costs nothing of any budget unless it is `counted` as a call.
   */
  permit(request: CallRequest, counted?: 'counted'): Promise<Target>;
  /** Stops waiting for a call of the subject's that is still worked on; what it has started on a router goes on. */
  cancel(sub: string, callId: string): Promise<void>;
  close(): Promise<void>;
}

/** What a call learns and tells while it is carried out. */
type Live = Pick<AdmittedCall, 'signal' | 'report'>;

/** Takes every call through the steps of `steps.ts`, and carries out what they let through. */
export function createCaller(deps: CallerDeps): Caller {
  const limiter = createCallRateLimiter(deps.rateLimits ?? RATE_LIMITS, undefined, deps.sharers);
  const audit = createAuditTrail(deps.database.audit, deps.metrics, deps.log);
  const { calls, plans } = deps.database;
  const times = deps.callTimes ?? CALL_TIMES;
  const held = createHeldCalls({ calls, kept: createKeptCalls({ calls, plans, times }), times, log: deps.log });
  const digests = createArgumentDigests(deps.callSecret);
  const tools = { ...deps, limiter, policy: deps.policyGate ?? ALLOW_ALL };
  const quotas = deps.quotaGate ?? NO_QUOTAS;

  async function carryOut(attempt: Passage, live: Live): Promise<Dispatched> {
    const { action, request, callId, input, after } = attempt;
    const { principal, correlationId, precondition, replaces, asTask = false } = request;
    const given = { input, after, target: targetOf(attempt), replaces, again: againFor(request, live) };
    const call = { ...given, ...live, callId, principal, correlationId, precondition, isTask: asTask };
    if (!action.audited) return action.dispatch(call);
    await audit.open(attempt);
    try {
      const result = await action.dispatch(call);
      const { planId, deviceId } = result.output;
      await audit.close(attempt, { planId: idOf(planId), deviceId: idOf(deviceId) });
      return result;
    } catch (error) {
      await audit.close(attempt, { error });
      throw error;
    }
  }

  /** What was asked of the first call only, such as its version or its key, is not asked of those it makes. */
  function againFor(
    { principal, surface, correlationId, traceId, clientAddress }: CallRequest,
    { signal }: Live,
  ): CallAgain {
    const same = { principal, surface, correlationId, traceId, clientAddress, signal };
    return (name, given, { replaces } = {}) => answer({ ...same, name, arguments: given, replaces });
  }

  async function perform(attempt: Passage, live: Live): Promise<KeptAnswer> {
    const { action } = attempt;
    const startedAt = performance.now();
    const observe = (outcome: string, door = 'none') =>
      deps.metrics.operationSeconds.observe(
        { operation: action.name, outcome, door },
        (performance.now() - startedAt) / 1000,
      );
    try {
      const { output, next, door, tag } = await carryOut(attempt, live);
      observe('ok', door);
      const nextCursor = next === undefined ? {} : { nextCursor: deps.cursors.seal(listOf(attempt), next) };
      const checked = checkOutput(action, { ...shownOf(attempt, output), ...nextCursor });
      return {
        output: redactOutput(checked),
        summary: redactOutput(action.summarize(checked)),
        untrusted: untrustedFieldsOf(action),
        ...(tag === undefined ? {} : { tag }),
      };
    } catch (error) {
      observe(toErrorBody(error).code);
      throw error;
    }
  }

  /** What is kept of a call, should it outlive its connection. */
  function factsOf({ callId, action, request, target, input, key }: Passage): CallFacts {
    const isProposal = target?.on === 'fleet' && !action.hints.readOnly;
    return {
      callId,
      sub: request.principal.sub,
      action: action.name,
      readOnly: action.hints.readOnly,
      argumentsDigest: digests.of(action.name, input),
      idempotencyKey: key ?? null,
      followsPlan: false,
      planId: target?.on === 'plan' ? target.plan.planId : isProposal ? planIdOfCall(callId) : null,
      deviceId: target?.on === 'device' ? target.device.deviceId : null,
      correlationId: request.correlationId,
    };
  }

  async function answer(request: CallRequest): Promise<CallAnswer> {
    const action = findAction(deps.catalogue, request);
    const attempt = passageOf(action, request);
    const refuse = async (given: unknown): Promise<never> => {
      const error = action.hints.readOnly ? given : refusalOfChange(given);
      deps.metrics.callsRefused.inc({ surface: request.surface, code: toErrorBody(error).code });
      if (action.audited) await audit.refuse(attempt, error);
      throw error;
    };
    const refused = async (step: CallStep, error: unknown): Promise<never> => {
      if (step.leavesNoRecord === true) throw error;
      return refuse(error);
    };
    await inSpan('authorize', {}, () => takeSteps(tools, attempt, { counted: true, refused }));
    const facts = () => factsOf(attempt);
    await confirmFirst(attempt, refuse);
    if (attempt.key !== undefined) {
      const isSame = (digest: string) => digests.matches(digest, action.name, attempt.input);
      const earlier = await held.claim(facts(), isSame).catch(refuse);
      if (earlier !== null) return replayed(action, earlier);
    }
    const work = async (live: Live): Promise<KeptAnswer> => {
      const { principal } = request;
      await quotas.take({ ...attempt, principal, target: targetOf(attempt) }).catch(refuse);
      return perform(attempt, live);
    };
    const result = await held.carryOut(facts, work, {
      gone: request.signal,
      report: request.report ?? (() => {}),
      isKept: attempt.key !== undefined,
      asTask: request.asTask === true && action.task === 'work',
      isBounded: action.isBounded === true,
      onLateFailure: (error) => void told(request, error),
    });
    if ('callId' in result) return handleAnswer(action, result);
    const followed = request.asTask === true && action.task === 'plan' ? unfinishedPlan(result) : null;
    if (followed === null) return { action, ...result };
    const following = { ...facts(), callId: newCallId(), idempotencyKey: null, followsPlan: true, planId: followed };
    return handleAnswer(action, await held.follow(following, FOLLOWED_SECONDS));
  }

  /** Logs a failure and answers what may be said of it. */
  function told({ correlationId, principal, name }: CallRequest, error: unknown): AppError {
    const known = error instanceof AppError ? error : new AppError('INTERNAL_ERROR', { cause: error });
    // The cause stays here: its text may hold addresses, queries or secrets nobody outside may read.
    if (known.status >= 500) deps.log.error({ err: error, correlationId, action: name }, 'call failed');
    else deps.log.info({ code: known.code, correlationId, action: name, sub: principal.sub }, 'call refused');
    return known;
  }

  return {
    catalogue: deps.catalogue,
    cursors: deps.cursors,
    async permit(request, counted) {
      const action = findAction(deps.catalogue, request);
      const attempt = passageOf(action, request);
      await takeSteps(tools, attempt, { counted: counted === 'counted', refused: raise });
      return targetOf(attempt);
    },
    cancel: (sub, callId) => calls.cancel(sub, callId),
    close: () => held.close(),
    answer: (request) =>
      observeCall(deps.metrics, deps.catalogue, request, async () => {
        try {
          return await answer(request);
        } catch (error) {
          throw told(request, error);
        }
      }),
  };
}

/** For those of whom no record is left. */
function raise(_: CallStep, error: unknown): Promise<never> {
  throw error;
}

function passageOf(action: Action, request: CallRequest): Passage {
  const attempt = { action, request, arguments: knownArguments(action, request.arguments), target: null };
  return { ...attempt, callId: newCallId(), input: {}, key: undefined, after: null };
}

function findAction(catalogue: Catalogue, { name, surface }: CallRequest): Action {
  const action = catalogue.find(name, surface);
  if (action !== null) return action;
  throw new AppError('NOT_FOUND', { message: `There is nothing to call by the name "${name.slice(0, 64)}".` });
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The plan in the answer, unless it is finished. */
function unfinishedPlan({ output: { planId, status } }: KeptAnswer): string | null {
  const settled: readonly unknown[] = SETTLED_PLAN_STATUSES;
  return typeof planId === 'string' && !settled.includes(status) ? planId : null;
}

/** What a model gets of a long answer is told before the rest is checked and cleaned; a change is kept whole, to be repeated. */
function shownOf({ action, request }: Passage, output: Record<string, unknown>): Record<string, unknown> {
  const isBrief = request.surface === 'mcp' && action.hints.readOnly;
  return (isBrief ? action.brief?.(output) : undefined) ?? output;
}

function checkOutput(action: Action, output: Record<string, unknown>): Record<string, unknown> {
  const result = action.output.safeParse(output);
  if (result.success) return result.data;
  throw new Error(`${action.name} answered what its schema does not allow`, { cause: result.error });
}
