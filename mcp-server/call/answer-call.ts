import type { Logger } from 'pino';
import { ulid } from 'ulid';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Precondition } from '../../shared/platform/persistence/stores/device-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { Action, Dispatched, Progress, Surface, Target } from './action.ts';
import { authorizeCaller } from './authorize.ts';
import type { Catalogue } from './catalogue.ts';
import { knownArguments } from './known-arguments.ts';
import { createRateLimiter, DEFAULT_RATE_LIMIT, type RateLimit } from './limit-rate.ts';
import type { PageCursors } from './page-cursor.ts';
import { parseInput } from './parse-input.ts';
import { createAuditTrail, type Attempt } from './record-audit.ts';
import { redactOutput } from './redact-output.ts';
import { resolveTarget } from './resolve-target.ts';

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
}

export interface CallAnswer {
  action: Action;
  output: Record<string, unknown>;
  /** One line for people and models. */
  summary: string;
  /** Of a versioned action: the version that was read or made. */
  tag?: string | undefined;
}

export interface CallerDeps {
  catalogue: Catalogue;
  cursors: PageCursors;
  database: Pick<Database, 'devices' | 'plans' | 'audit'>;
  metrics: Pick<Metrics, 'auditEvents' | 'operationSeconds' | 'callsRefused'>;
  log: Logger;
  rateLimit?: RateLimit;
}

export interface Caller {
  catalogue: Catalogue;
  cursors: PageCursors;
  /** Answers or fails with an AppError; what is none has been logged and comes out as INTERNAL_ERROR. */
  answer(request: CallRequest): Promise<CallAnswer>;
  /**
   * What the call would be about, when it may be made; fails as `answer` would before anything is done. Costs nothing of any
   * budget and leaves no record: for what a caller wants to go on hearing of.
   */
  permit(request: CallRequest): Promise<Target>;
}

/** The steps of every call, on every surface, in their order; each step is the file of its name. */
export function createCaller(deps: CallerDeps): Caller {
  const limiter = createRateLimiter(deps.rateLimit ?? DEFAULT_RATE_LIMIT);
  const audit = createAuditTrail(deps.database.audit, deps.metrics, deps.log);

  async function admit(attempt: Attempt) {
    const { action, request } = attempt;
    authorizeCaller(action, request.principal);
    refuseUnknownVersion(action, request);
    const input = parseInput(action, request.arguments);
    attempt.arguments = input;
    attempt.target = await resolveTarget(deps.database, action, request.principal, input);
    const { cursor } = input;
    const after = typeof cursor === 'string' ? deps.cursors.open(listOf(attempt, input), cursor) : null;
    return { input, target: attempt.target, after };
  }

  async function carryOut(attempt: Attempt, admitted: Awaited<ReturnType<typeof admit>>): Promise<Dispatched> {
    const { action, request, callId } = attempt;
    const { principal, correlationId, signal, precondition, report = () => {} } = request;
    const call = { ...admitted, callId, principal, correlationId, signal, precondition, report };
    if (!action.audited) return action.dispatch(call);
    await audit.open(attempt);
    try {
      const result = await action.dispatch(call);
      const { planId } = result.output;
      await audit.close(attempt, typeof planId === 'string' ? { planId } : {});
      return result;
    } catch (error) {
      await audit.close(attempt, { error });
      throw error;
    }
  }

  async function answer(request: CallRequest): Promise<CallAnswer> {
    const action = findAction(deps.catalogue, request);
    // Not recorded in the audit trail: a flood of calls must not become a flood of records.
    limiter.take(request.principal.sub);
    const attempt = attemptOf(action, request);
    const admitted = await admit(attempt).catch(async (error: unknown) => {
      deps.metrics.callsRefused.inc({ surface: request.surface, code: toErrorBody(error).code });
      if (action.audited) await audit.refuse(attempt, error);
      throw error;
    });
    const startedAt = performance.now();
    const observe = (outcome: string, door = 'none') =>
      deps.metrics.operationSeconds.observe(
        { operation: action.name, outcome, door },
        (performance.now() - startedAt) / 1000,
      );
    try {
      const { output, next, door, tag } = await carryOut(attempt, admitted);
      observe('ok', door);
      const nextCursor =
        next === undefined ? {} : { nextCursor: deps.cursors.seal(listOf(attempt, admitted.input), next) };
      const checked = checkOutput(action, { ...output, ...nextCursor });
      return { action, output: redactOutput(checked), summary: redactOutput(action.summarize(checked)), tag };
    } catch (error) {
      observe(toErrorBody(error).code);
      throw error;
    }
  }

  return {
    catalogue: deps.catalogue,
    cursors: deps.cursors,
    permit: async (request) => (await admit(attemptOf(findAction(deps.catalogue, request), request))).target,
    async answer(request) {
      try {
        return await answer(request);
      } catch (error) {
        const { correlationId, principal, name } = request;
        const known = error instanceof AppError ? error : new AppError('INTERNAL_ERROR', { cause: error });
        // The cause stays here: its text may hold addresses, queries or secrets nobody outside may read.
        if (known.status >= 500) deps.log.error({ err: error, correlationId, action: name }, 'call failed');
        else deps.log.info({ code: known.code, correlationId, action: name, sub: principal.sub }, 'call refused');
        throw known;
      }
    },
  };
}

function attemptOf(action: Action, request: CallRequest): Attempt {
  return { callId: ulid(), action, request, arguments: knownArguments(action, request.arguments), target: null };
}

function listOf({ action, request }: Attempt, input: Record<string, unknown>) {
  return { action: action.name, sub: request.principal.sub, input };
}

function findAction(catalogue: Catalogue, { name, surface }: CallRequest): Action {
  const action = catalogue.find(name, surface);
  if (action !== null) return action;
  throw new AppError('NOT_FOUND', { message: `There is nothing to call by the name "${name.slice(0, 64)}".` });
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
