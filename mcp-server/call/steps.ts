import type { ErrorCode } from '../../shared/errors/codes.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Action, Target } from './action.ts';
import { requireRole, requireRoleOnTarget, requireScope } from './authorize.ts';
import type { PolicyGate } from './check-policy.ts';
import { heedsStops, refuseStopped } from './check-stops.ts';
import { takeIdempotencyKey } from './idempotency.ts';
import type { CallRateLimiter } from './limit-rate.ts';
import type { PageCursors } from './page-cursor.ts';
import { parseInput } from './parse-input.ts';
import type { Attempt } from './record-audit.ts';
import { refuseMissingFlags, refuseOutOfService, refuseWrongEnvironment, resolveTarget } from './resolve-target.ts';

/** A call on its way through the steps; each may rely on what those before it found. */
export interface Passage extends Attempt {
  /** Parsed, and without the idempotency key. */
  input: Record<string, unknown>;
  key: string | undefined;
  /** Of a list: behind which entry the page begins. */
  after: string | null;
}

/** What the steps ask. */
export interface StepTools {
  database: Pick<Database, 'devices' | 'plans' | 'stops'>;
  limiter: CallRateLimiter;
  policy: PolicyGate;
  cursors: PageCursors;
  /** Devices for what only reads. Default: the database's. */
  knownDevices?: Pick<Database['devices'], 'find'> | undefined;
  /** Fails with SERVICE_READ_ONLY while nothing can be changed. Default: everything can. */
  demandWritable?: (() => Promise<void>) | undefined;
}

export interface CallStep {
  name: string;
  /** What is asked, in words. */
  asks: string;
  /** With what it refuses. */
  refusals: readonly ErrorCode[];
  /** Default: every action. */
  appliesTo?: (action: Action) => boolean;
  /** Answers, or fails with one of its refusals. A step without it is taken `by` another file. */
  run?: (tools: StepTools, call: Passage) => void | Promise<void>;
  by?: string;
  /** A refusal leaves no audit record. */
  leavesNoRecord?: true;
  /** It is of calls only, and not of somebody who wants to go on hearing of something. */
  isOfCalls?: true;
}

const ofDevices = ({ target: { on } }: Action): boolean => on === 'device' || on === 'fleet';
const ofTargets = ({ target: { on } }: Action): boolean => on !== 'nothing';

/**
 * Every call passes these steps, in this order, whichever surface it comes by: the first refusal is the answer, and nothing
 * is done. A step looks only at what those before it let the caller know, so that no refusal tells of what one may not see.
 */
export const CALL_STEPS = [
  {
    name: 'authenticated',
    asks: 'Is there a good token or session, and does the access file give its bearer anything?',
    refusals: ['UNAUTHORIZED', 'FORBIDDEN'],
    by: 'http/authenticate.ts',
  },
  {
    name: 'exists',
    asks: 'Is there such an action on this surface, in the phase of this deployment?',
    refusals: ['NOT_FOUND'],
    by: 'call/catalogue.ts',
  },
  {
    // So early, and without a record: a flood of calls must not become a flood of records, whatever else is wrong with them.
    name: 'rate',
    asks: 'Has the caller budget left for calls of this class?',
    refusals: ['RATE_LIMITED'],
    leavesNoRecord: true,
    isOfCalls: true,
    run: ({ limiter }, { action, request }) => limiter.take(request.principal.sub, action.rate),
  },
  {
    // Before the scope: a wider token does not help somebody without the role.
    name: 'role',
    asks: 'Does the person hold one of the roles of the action anywhere?',
    refusals: ['FORBIDDEN'],
    run: (_, { action, request }) => requireRole(action, request.principal),
  },
  {
    name: 'scope',
    asks: 'Did the person let this client have one of the scopes of the action?',
    refusals: ['INSUFFICIENT_SCOPE'],
    run: (_, { action, request }) => requireScope(action, request.principal),
  },
  {
    name: 'version',
    asks: 'Is a version named only where there are versions?',
    refusals: ['PRECONDITION_FAILED'],
    appliesTo: ({ hints, isVersioned = false }) => !hints.readOnly && !isVersioned,
    run: (_, { request }) => refuseVersion(request.precondition),
  },
  {
    name: 'arguments',
    asks: 'Do the arguments fit the schema of the action?',
    refusals: ['VALIDATION_ERROR', 'UNKNOWN_FIELD'],
    run: (_, call) => parse(call),
  },
  {
    // Before anything is looked up: a call that cannot be carried out must not wait for a database that is away.
    name: 'writable',
    asks: 'Can it be recorded and written now, and is it known whose access is revoked? Without the database only reads go on.',
    refusals: ['SERVICE_READ_ONLY', 'SERVICE_UNAVAILABLE'],
    appliesTo: ({ audited, actsUnrecorded }) => audited && actsUnrecorded !== true,
    leavesNoRecord: true,
    isOfCalls: true,
    run: ({ demandWritable }) => demandWritable?.(),
  },
  {
    name: 'target',
    asks: 'Is there such a device, fleet or plan, and is all of it covered by a grant of the caller?',
    refusals: [
      'DEVICE_NOT_FOUND',
      'PLAN_NOT_FOUND',
      'DEVICE_COUNT_OUT_OF_RANGE',
      'DEVICE_DUPLICATE',
      'VALIDATION_ERROR',
    ],
    async run({ database, knownDevices = database.devices }, call) {
      const { action, request, input } = call;
      // Whatever is recorded or changes something is judged by the device as it is, never as it is remembered.
      const devices = action.audited ? database.devices : { ...database.devices, ...knownDevices };
      call.target = await resolveTarget({ ...database, devices }, action, request.principal, input);
    },
  },
  {
    name: 'role on target',
    asks: 'Does a grant that covers the device hold one of the roles, for each device? Without a device: one of all devices?',
    refusals: ['FORBIDDEN'],
    run: ({ database }, call) =>
      requireRoleOnTarget(database.devices, call.action, call.request.principal, targetOf(call)),
  },
  {
    name: 'in service',
    asks: 'Is no device decommissioned?',
    refusals: ['DEVICE_DECOMMISSIONED'],
    appliesTo: ofDevices,
    run: (_, call) => refuseOutOfService(call.action, targetOf(call)),
  },
  {
    name: 'environment',
    asks: 'Are all devices in one environment, and in the one the call names?',
    refusals: ['MIXED_ENVIRONMENTS', 'DEVICE_ENVIRONMENT_RESTRICTED'],
    appliesTo: ofTargets,
    run: (_, call) => refuseWrongEnvironment(targetOf(call), call.input),
  },
  {
    name: 'capability',
    asks: 'Is every flag that the action needs set on each device?',
    refusals: ['DEVICE_CAPABILITY_MISSING'],
    appliesTo: ({ target }) => 'flags' in target && target.flags.length > 0,
    run: (_, call) => refuseMissingFlags(call.action, targetOf(call), call.input),
  },
  {
    name: 'not stopped',
    asks: 'Has nobody stopped writing to the fleet, the environment or the device?',
    refusals: ['EMERGENCY_STOP'],
    appliesTo: heedsStops,
    isOfCalls: true,
    run: ({ database }, call) => refuseStopped(database.stops, targetOf(call), call.input),
  },
  {
    name: 'policy',
    asks: "Do the deployment's own rules allow it?",
    refusals: ['POLICY_REFUSED'],
    run({ policy }, call) {
      const { action, request, input } = call;
      return policy.check({ action, principal: request.principal, target: targetOf(call), input });
    },
  },
  {
    name: 'page',
    asks: 'Is the cursor one that this caller got for this very list?',
    refusals: ['VALIDATION_ERROR'],
    appliesTo: ({ input }) => 'cursor' in input.shape,
    run: ({ cursors }, call) => openPage(cursors, call),
  },
  {
    name: 'confirmed',
    asks: 'Does the person say yes, where the action asks first and the client can ask?',
    refusals: ['NOT_CONFIRMED'],
    appliesTo: ({ asksFirst }) => asksFirst === true,
    by: 'call/confirm-first.ts',
  },
  {
    name: 'not repeated',
    asks: 'Is the idempotency key new? Else the earlier answer is the answer.',
    refusals: ['IDEMPOTENCY_KEY_REUSED'],
    appliesTo: ({ hints }) => !hints.readOnly,
    by: 'call/held-calls.ts',
  },
  {
    // Behind the idempotency key: a repeated call uses up nothing.
    name: 'quota',
    asks: 'Has the caller quota left, in all web processes together?',
    refusals: ['QUOTA_EXCEEDED'],
    appliesTo: ({ rate, hints }) => !hints.readOnly && (rate === 'write' || rate === 'plan'),
    by: 'call/take-quota.ts',
  },
  {
    name: 'recorded',
    asks: 'Can the attempt be written to the audit trail? What cannot be recorded does not happen.',
    refusals: ['SERVICE_UNAVAILABLE'],
    appliesTo: ({ audited }) => audited,
    by: 'call/record-audit.ts',
  },
] as const satisfies readonly CallStep[];

export type CallStepName = (typeof CALL_STEPS)[number]['name'];

/** Takes the steps up to the first refusal, which `refused` turns into the answer. Without `counted` no budget is used. */
export async function takeSteps(
  tools: StepTools,
  call: Passage,
  { counted, refused }: { counted: boolean; refused: (step: CallStep, error: unknown) => Promise<never> },
): Promise<void> {
  const steps: readonly CallStep[] = CALL_STEPS;
  for (const step of steps) {
    if (step.run === undefined || step.appliesTo?.(call.action) === false) continue;
    if (step.isOfCalls === true && !counted) continue;
    try {
      // oxlint-disable-next-line no-await-in-loop -- each step relies on those before it
      await step.run(tools, call);
    } catch (error) {
      // oxlint-disable-next-line no-await-in-loop -- it always throws
      return await refused(step, error);
    }
  }
}

/** Names the list a cursor is good for. */
export function listOf({ action, request, input }: Pick<Passage, 'action' | 'request' | 'input'>) {
  return { action: action.name, sub: request.principal.sub, input };
}

export function targetOf({ target }: Pick<Passage, 'target'>): Target {
  if (target === null) throw new Error('a target is looked at before it is found');
  return target;
}

function parse(call: Passage): void {
  const { action, request } = call;
  const parsed = parseInput(action, request.arguments);
  call.arguments = parsed;
  const { input, key } = takeIdempotencyKey(parsed, action.hints.readOnly ? undefined : request.idempotencyKey);
  call.input = input;
  call.key = key;
}

function openPage(cursors: PageCursors, call: Passage): void {
  const { cursor } = call.input;
  if (typeof cursor === 'string') call.after = cursors.open(listOf(call), cursor);
}

/** Who names a version wants nothing done to another one; where there are none, that cannot be promised. */
function refuseVersion(precondition: Passage['request']['precondition']): void {
  if (precondition === undefined) return;
  throw new AppError('PRECONDITION_FAILED', {
    message: 'If-Match: this has no versions.',
    hint: 'Leave the header out.',
  });
}
