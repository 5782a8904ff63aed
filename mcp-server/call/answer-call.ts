import type { Logger } from 'pino';
import { SETTLED_PLAN_STATUSES } from '../../shared/domain/plan.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import type { Keyring } from '../../shared/platform/encryption/keyring.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { KeptAnswer } from '../../shared/platform/persistence/stores/call-store.ts';
import type { Precondition } from '../../shared/platform/persistence/stores/device-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { Action, AdmittedCall, Dispatched, Progress, Surface, Target } from './action.ts';
import { authorizeCaller } from './authorize.ts';
import { newCallId } from './call-id.ts';
import { handleAnswer, replayed } from './call-outcome.ts';
import type { Catalogue } from './catalogue.ts';
import { confirmFirst, type Confirm } from './confirm-first.ts';
import { createHeldCalls, type CallFacts, type CallHandle } from './held-calls.ts';
import { createArgumentDigests, takeIdempotencyKey } from './idempotency.ts';
import { CALL_TIMES, createKeptCalls, FOLLOWED_SECONDS, type CallTimes } from './kept-calls.ts';
import { knownArguments } from './known-arguments.ts';
import { createCallRateLimiter, RATE_LIMITS, type RateLimits } from './limit-rate.ts';
import type { PageCursors } from './page-cursor.ts';
import { parseInput } from './parse-input.ts';
import { planIdOfCall } from './plan-id-of-call.ts';
import { createAuditTrail, type Attempt } from './record-audit.ts';
import { redactOutput } from './redact-output.ts';
import { resolveTarget } from './resolve-target.ts';
import { untrustedFieldsOf } from './untrusted-note.ts';

/** Somebody asks for something; the same on every surface. */
export interface CallRequest {
  name: string;
  arguments: unknown;
  surface: Surface;
  principal: Principal;
  correlationId: string;
  signal: AbortSignal;
  /** The versions, one of which the target must be. Default: whatever it is. */
  precondition?: Precondition | undefined;
  /** Hears how far the call is. Default: nobody does. */
  report?: (progress: Progress) => void;
  /** The key of the HTTP header; an argument of every action that changes something as well. */
  idempotencyKey?: string | undefined;
  /** The caller can hold a task, and gets one where the action has one. Default false. */
  asTask?: boolean;
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
  database: Pick<Database, 'devices' | 'plans' | 'audit' | 'calls'>;
  keyring: Keyring;
  metrics: Pick<Metrics, 'auditEvents' | 'operationSeconds' | 'callsRefused'>;
  log: Logger;
  /** Default: `RATE_LIMITS`. */
  rateLimits?: RateLimits;
  callTimes?: CallTimes | undefined;
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

interface Admitted extends Pick<AdmittedCall, 'input' | 'target' | 'after'> {
  key: string | undefined;
}

/** The steps of every call, on every surface, in their order; each step is the file of its name. */
export function createCaller(deps: CallerDeps): Caller {
  const limiter = createCallRateLimiter(deps.rateLimits ?? RATE_LIMITS);
  const audit = createAuditTrail(deps.database.audit, deps.metrics, deps.log);
  const { calls, plans } = deps.database;
  const times = deps.callTimes ?? CALL_TIMES;
  const held = createHeldCalls({ calls, kept: createKeptCalls({ calls, plans, times }), times, log: deps.log });
  const digests = createArgumentDigests(deps.keyring);

  async function admit(attempt: Attempt): Promise<Admitted & { target: Target }> {
    const { action, request } = attempt;
    authorizeCaller(action, request.principal);
    refuseUnknownVersion(action, request);
    const parsed = parseInput(action, request.arguments);
    attempt.arguments = parsed;
    const { input, key } = takeIdempotencyKey(parsed, action.hints.readOnly ? undefined : request.idempotencyKey);
    attempt.target = await resolveTarget(deps.database, action, request.principal, input);
    const { cursor } = input;
    const after = typeof cursor === 'string' ? deps.cursors.open(listOf(attempt, input), cursor) : null;
    return { input, target: attempt.target, after, key };
  }

  async function carryOut(attempt: Attempt, admitted: Admitted, live: Live): Promise<Dispatched> {
    const { action, request, callId } = attempt;
    const { principal, correlationId, precondition, asTask = false } = request;
    const { key: _, ...given } = admitted;
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

  async function perform(attempt: Attempt, admitted: Admitted, live: Live): Promise<KeptAnswer> {
    const { action } = attempt;
    const startedAt = performance.now();
    const observe = (outcome: string, door = 'none') =>
      deps.metrics.operationSeconds.observe(
        { operation: action.name, outcome, door },
        (performance.now() - startedAt) / 1000,
      );
    try {
      const { output, next, door, tag } = await carryOut(attempt, admitted, live);
      observe('ok', door);
      const nextCursor =
        next === undefined ? {} : { nextCursor: deps.cursors.seal(listOf(attempt, admitted.input), next) };
      const checked = checkOutput(action, { ...output, ...nextCursor });
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
  function factsOf({ callId, action, request, target }: Attempt, { input, key }: Admitted): CallFacts {
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
    // Not recorded in the audit trail: a flood of calls must not become a flood of records.
    limiter.take(request.principal.sub, action.rate);
    const attempt = attemptOf(action, request);
    const refuse = async (error: unknown): Promise<never> => {
      deps.metrics.callsRefused.inc({ surface: request.surface, code: toErrorBody(error).code });
      if (action.audited) await audit.refuse(attempt, error);
      throw error;
    };
    const admitted = await admit(attempt).catch(refuse);
    const facts = () => factsOf(attempt, admitted);
    await confirmFirst(attempt, refuse);
    if (admitted.key !== undefined) {
      const isSame = (digest: string) => digests.matches(digest, action.name, admitted.input);
      const earlier = await held.claim(facts(), isSame).catch(refuse);
      if (earlier !== null) return replayed(action, earlier);
    }
    const result = await held.carryOut(facts, (live) => perform(attempt, admitted, live), {
      gone: request.signal,
      report: request.report ?? (() => {}),
      isKept: admitted.key !== undefined,
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
      if (counted === 'counted') limiter.take(request.principal.sub, action.rate);
      return (await admit(attemptOf(action, request))).target;
    },
    cancel: (sub, callId) => calls.cancel(sub, callId),
    close: () => held.close(),
    async answer(request) {
      try {
        return await answer(request);
      } catch (error) {
        throw told(request, error);
      }
    },
  };
}

function attemptOf(action: Action, request: CallRequest): Attempt {
  return { callId: newCallId(), action, request, arguments: knownArguments(action, request.arguments), target: null };
}

function listOf({ action, request }: Attempt, input: Record<string, unknown>) {
  return { action: action.name, sub: request.principal.sub, input };
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

/** Who names a version wants nothing done to another one; where there are none, that cannot be promised. */
function refuseUnknownVersion({ isVersioned = false, hints }: Action, { precondition }: CallRequest): void {
  if (precondition === undefined || isVersioned || hints.readOnly) return;
  throw new AppError('PRECONDITION_FAILED', {
    message: 'If-Match: this has no versions.',
    hint: 'Leave the header out.',
  });
}

function checkOutput(action: Action, output: Record<string, unknown>): Record<string, unknown> {
  const result = action.output.safeParse(output);
  if (result.success) return result.data;
  throw new Error(`${action.name} answered what its schema does not allow`, { cause: result.error });
}
