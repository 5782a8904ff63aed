import type { DeviceActivities, ReadReply, ReadRequest } from '../../shared/contract/device-messages.ts';
import type { Step } from '../../shared/domain/change.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { findOperation } from '../../shared/operations/index.ts';
import { changeOfCommand, type Operation } from '../../shared/operations/define-operation.ts';
import { findPlanKind } from '../../shared/plans/index.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import { pathsOf } from '../../shared/plans/plan-parts.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { PolicySource } from '../../shared/platform/policy/policy-source.ts';
import { assertArmed, assertNoneWaits, DEAD_MAN_MENUS, disarmDeadMan, SCHEDULER } from '../routeros/dead-man.ts';
import { guardSteps } from '../routeros/guard-steps.ts';
import { assertNoSafeMode, SAFE_MODE_MENU } from '../routeros/safe-mode.ts';
import { capturePlanSnapshot, capturePlanSnapshotAtOnce, captureSnapshot } from './capture-snapshot.ts';
import { checkDrift } from './check-drift.ts';
import type { DeviceSession } from './device-session.ts';
import { compareHealth, HEALTH_MENU, readHealth } from './health.ts';
import { leftObjects } from './left-objects.ts';
import { protectionOf } from './protection.ts';
import { inspectAll, writeOnce } from './steps.ts';
import { currentIso } from '../../shared/platform/process/platform-clock.ts';

export interface DeviceDeps {
  deviceId: string;
  session: DeviceSession;
  database: Pick<Database, 'plans' | 'snapshots' | 'devices' | 'baselines' | 'drift'>;
  /** What must not be written, see `protected` in a policy. */
  policy: PolicySource;
  /** Fails with LANE_LOST when another process has taken the lane over meanwhile. */
  assertOwner: () => Promise<void>;
  /** Aborted when the running activity is given up. Default: never. */
  cancelled?: () => AbortSignal;
}

/** A write that waited this long for its turn is put up again; well inside its activity's time. */
const SEND_WITHIN_MS = 45_000;

/** What a lane does to its one device; the implementation behind both doors. */
export function createDeviceActivities(deps: DeviceDeps): DeviceActivities {
  const { session, database } = deps;
  return {
    invokeRead: (request) => invokeRead(deps, request),

    async capturePlanDevice({ planId, deviceId }) {
      assertMine(deps, deviceId);
      const plan = await database.plans.wish(planId);
      if (!plan) throw new AppError('PLAN_NOT_FOUND');
      const kind = planKind(plan.kind);
      const device = await database.devices.get(deviceId);
      if (!device) throw new AppError('DEVICE_NOT_FOUND', { details: { deviceId } });
      const input = kind.input.parse(plan.input);
      const router = session.router({ paths: pathsOf(kind, input), effect: 'read' });
      const captured = await kind.capture(router, { input, device });
      await database.plans.saveCapture(planId, deviceId, kind.current.parse(captured));
    },

    async prepareOperation({ deviceId, operation: name, input }) {
      assertMine(deps, deviceId);
      const operation = operationNamed(name);
      if (operation.effect !== 'write') throw new AppError('VALIDATION_ERROR', { message: `${name} does not write.` });
      // Preparing only looks: the port refuses writes.
      const router = session.router({ paths: operation.paths, effect: 'read' });
      const steps = await operation.steps(router, operation.input.parse(input));
      const guard = await protectionOf(deps);
      for (const step of steps) guard.check(step);
      return steps;
    },

    async inspectSteps({ deviceId, steps, beforeChange = false, undoes = false, tellLeft = false, since, savingFor }) {
      assertMine(deps, deviceId);
      const paths = [...menusOf(steps), HEALTH_MENU, SAFE_MODE_MENU, SCHEDULER];
      const protection = beforeChange ? await protectionOf(deps) : undefined;
      const inspected = await session.fresh({ paths, effect: 'read' }, async (router) => {
        // First, because it proves the connection: a router that has just started answers lists with nothing.
        const baseline = await readHealth(router);
        if (beforeChange) await assertNoSafeMode(router);
        if (beforeChange) await assertNoneWaits(router);
        const states = await inspectAll(router, steps, protection);
        if (since !== undefined && states.every(({ is }) => is === 'after')) compareHealth(baseline, since);
        const isToTell = tellLeft || states.some(({ is }) => is === 'foreign');
        return { states, baseline, ...(isToTell ? { left: leftObjects(steps, states, undoes) } : {}) };
      });
      if (savingFor === undefined) return inspected;
      const saving = { session, snapshots: database.snapshots };
      const saved = await capturePlanSnapshotAtOnce(saving, { ...savingFor, deviceId }, inspected.states);
      return saved === null ? inspected : { ...inspected, saved };
    },

    async writeStep({ deviceId, step, guard }) {
      assertMine(deps, deviceId);
      return sendInTime(deps, async (signal) => {
        // Once more: what the router holds, and the policy, may have changed since the steps were looked at.
        const protection = await protectionOf(deps);
        const beforeWrite = async (): Promise<void> => {
          if (guard !== undefined) await assertArmed(session.router(GUARD_SCOPE), guard);
        };
        const scope = { paths: [step.menu], effect: 'write', signal, beforeWrite, mayWrite: deps.assertOwner } as const;
        return writeOnce(session.router(scope), step, protection);
      });
    },

    async runOperation({ deviceId, operation: name }) {
      assertMine(deps, deviceId);
      const operation = operationNamed(name);
      if (operation.effect !== 'command') throw new AppError('VALIDATION_ERROR', { message: `${name} is no command.` });
      const { paths, menu, command } = operation;
      return sendInTime(deps, async (signal) => {
        const scope = { paths, effect: 'write', signal, mayWrite: deps.assertOwner } as const;
        await session.router(scope).run(menu, command);
        return changeOfCommand(operation);
      });
    },

    async armGuard({ deviceId, steps, guard }) {
      assertMine(deps, deviceId);
      const paths = [...DEAD_MAN_MENUS, ...menusOf(steps)];
      // Given up, it must not go on: the entries of the next attempt have the same names.
      const scope = { ...GUARD_SCOPE, paths, signal: deps.cancelled?.(), mayWrite: deps.assertOwner };
      await guardSteps(session.router(scope), steps, guard);
    },

    async disarmGuard({ deviceId, transaction }) {
      assertMine(deps, deviceId);
      // Over a new connection: that the device can be reached anew is what is confirmed.
      const scope = { ...GUARD_SCOPE, mayWrite: deps.assertOwner };
      return session.fresh(scope, (router) => disarmDeadMan(router, transaction));
    },

    async captureSnapshot(request) {
      assertMine(deps, request.deviceId);
      return captureSnapshot({ session, snapshots: database.snapshots }, request);
    },

    async capturePlanSnapshot(request) {
      assertMine(deps, request.deviceId);
      return capturePlanSnapshot({ session, snapshots: database.snapshots }, request);
    },

    async checkDrift(request) {
      assertMine(deps, request.deviceId);
      return checkDrift({ session, database }, request);
    },

    async checkHealth({ deviceId, baseline }) {
      assertMine(deps, deviceId);
      const now = await session.fresh({ paths: [HEALTH_MENU], effect: 'read' }, readHealth);
      compareHealth(now, baseline);
    },
  };
}

/** A write must not leave after its activity was given up: by then the device may have been read and judged. */
async function sendInTime<T>({ cancelled }: DeviceDeps, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  const tooLate = setTimeout(() => giveUp.abort(new AppError('LANE_LOST')), SEND_WITHIN_MS);
  const given = cancelled?.();
  given?.addEventListener('abort', () => giveUp.abort(new AppError('LANE_LOST')), { once: true });
  if (given?.aborted) giveUp.abort(new AppError('LANE_LOST'));
  try {
    return await send(giveUp.signal);
  } finally {
    clearTimeout(tooLate);
  }
}

const GUARD_SCOPE = { paths: DEAD_MAN_MENUS, effect: 'write' } as const;

async function invokeRead(deps: DeviceDeps, { deviceId, operation: name, input }: ReadRequest): Promise<ReadReply> {
  assertMine(deps, deviceId);
  const operation = operationNamed(name);
  if (operation.effect !== 'read') throw new AppError('VALIDATION_ERROR', { message: `${name} is not a read.` });
  const router = deps.session.router({ paths: operation.paths, effect: 'read' });
  const output = await operation.handler(router, operation.input.parse(input));
  return { output: operation.output.parse(output), observedAt: currentIso() };
}

function assertMine({ deviceId: mine }: DeviceDeps, asked: string): void {
  if (asked === mine) return;
  throw new AppError('INTERNAL_ERROR', { message: `This lane serves ${mine}, not ${asked}.` });
}

function menusOf(steps: readonly Step[]): string[] {
  return [...new Set(steps.map((step) => step.menu))];
}

function operationNamed(name: string): Operation {
  const operation = findOperation(name);
  if (!operation) throw new AppError('NOT_FOUND', { message: `There is no operation "${name}".` });
  return operation;
}

function planKind(kind: string): PlanKind {
  const found = findPlanKind(kind);
  if (!found) throw new AppError('NOT_FOUND', { message: `There is no plan kind "${kind}".` });
  return found;
}
