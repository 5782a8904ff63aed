import type { Change, Step } from '../domain/change.ts';
import type { ChangeGuard } from '../domain/change-guard.ts';
import type { HealthBaseline } from '../domain/health-troubles.ts';
import type { LeftObject } from '../domain/left-object.ts';
import type { ErrorBody } from '../errors/app-error.ts';
import type { DriftChecks } from './drift-messages.ts';
import type { PlanSnapshotInput, SnapshotInput, SnapshotTaken } from './snapshot-messages.ts';

/** Why a device is written: as part of an approved plan, or by one operation a person called. */
export type ChangeCause =
  | {
      by: 'plan';
      planId: string;
      /** SHA-256 of this device's own steps, taken when the plan's digest was verified. */
      stepsDigest: string;
      direction: 'apply' | 'undo';
      /** A device that cannot be reached is tried again later, so that nobody waits for it now. Default false. */
      isTriedAgain?: true;
      /** Of an undo, when it was asked for (ISO 8601): emergency stops in place by then do not hold it back. */
      undoAskedAt?: string;
      /** Key of the audit record that the workflow completes, should the rollout or rollback be gone by then. */
      auditKey?: string;
    }
  | {
      by: 'operation';
      operation: string;
      /** It runs a command instead of taking steps. Default false. */
      isCommand?: true;
      input: Record<string, unknown>;
      requestedBy: string;
      correlationId: string;
      /** The call whose audit record the workflow completes, should whoever made it be gone by then. */
      callId?: string;
    };

export interface DeviceChangeInput {
  deviceId: string;
  /** For people: shown in the workflow's summary. */
  deviceName: string;
  cause: ChangeCause;
}

/**
 * How a change to one device ended. `applied`: the wanted values were read back over a new connection. `unchanged`: it
 * was so already, nothing written. `refused`: nothing was written. `reverted`: something was written and taken back.
 * `left_changed`: something was written and could not be taken back. `unknown`: a write may or may not have happened and
 * reading could not settle it.
 */
export interface DeviceChangeResult {
  outcome: 'applied' | 'unchanged' | 'refused' | 'reverted' | 'left_changed' | 'unknown';
  changes: Change[];
  error: ErrorBody | null;
  /** What the device was before, when it was saved. */
  snapshotId?: string;
  /** Health before the first write, of a device that was changed or already was as wanted. */
  baseline?: HealthBaseline;
  /** With `refused`: an emergency stop or the policy holds it back for now; asked again later it may be made. */
  isHeld?: true;
}

export interface ReadRequest {
  deviceId: string;
  operation: string;
  input: Record<string, unknown>;
}

export interface ReadReply {
  output: Record<string, unknown>;
  observedAt: string;
}

/** What a device's values are, compared with a step. */
export type StepState =
  | { is: 'before' }
  | { is: 'after' }
  /** Neither: somebody else changed it. */
  | { is: 'foreign'; found: Record<string, string | null> };

/** What disarming a guard found. */
export type GuardOutcome = 'confirmed' | 'fired' | 'absent';

export interface StepsInspected {
  states: StepState[];
  baseline: HealthBaseline;
  left?: LeftObject[];
  saved?: SnapshotTaken;
}

/** Activities served on a device's own queue by the owner of its lane. */
export interface DeviceActivities extends DriftChecks {
  /** A read, for callers who cannot use the fast door. */
  invokeRead(request: ReadRequest): Promise<ReadReply>;
  /** Captures what a plan kind needs to know of the device and stores it in the plan's row. */
  capturePlanDevice(request: { planId: string; deviceId: string }): Promise<void>;
  /** Steps of a single-device operation from the present state; writes nothing. */
  prepareOperation(request: { deviceId: string; operation: string; input: Record<string, unknown> }): Promise<Step[]>;
  /**
   * Compares every step with the device over a new connection and takes the health baseline. Before a change it also fails
   * with DEVICE_BUSY while a person works on the device in safe mode, or the guard of an earlier change waits there.
   */
  inspectSteps(request: {
    deviceId: string;
    steps: Step[];
    beforeChange?: boolean;
    /** The steps take a plan back. */
    undoes?: boolean;
    /** Say what is not as it was before the plan; that is said anyway where somebody else changed something. */
    tellLeft?: boolean;
    /** Health before the change: with all steps in place it fails with HEALTH_CHECK_FAILED when that has become worse. */
    since?: HealthBaseline;
    /** Where the plan can be written and is not yet, save the configuration for it too; an answer without `saved` has not. */
    savingFor?: Pick<PlanSnapshotInput, 'planId' | 'snapshotId'>;
  }): Promise<StepsInspected>;
  /**
   * Read-then-write of one step. Fails with PLAN_STALE when the device holds neither `before` nor `after`, and with
   * OUTCOME_UNKNOWN when the write was sent and its reply never came. With the transaction of a guard, nothing is written
   * unless that guard still waits: VERIFICATION_FAILED.
   */
  writeStep(request: { deviceId: string; step: Step; guard?: string }): Promise<{ wrote: boolean }>;
  /**
   * Runs the command of an operation and says what was run. Fails with OUTCOME_UNKNOWN when it was sent and its reply never
   * came; running it again is the same as once.
   */
  runOperation(request: { deviceId: string; operation: string; input: Record<string, unknown> }): Promise<Change>;
  /** Has the device take these steps back by itself when nobody disarms it in time. Doing it twice arms one. */
  armGuard(request: { deviceId: string; steps: Step[]; guard: ChangeGuard }): Promise<void>;
  /**
   * `confirmed`: it waited and does so no longer. `fired`: the device takes the steps back, or has. `absent`: it was not
   * there and never fired.
   */
  disarmGuard(request: { deviceId: string; transaction: string }): Promise<{ outcome: GuardOutcome }>;
  /** Exports the configuration, without secrets, and stores it; repeating it with the same id stores one. */
  captureSnapshot(request: SnapshotInput): Promise<SnapshotTaken>;
  /** The same before a plan's first write to the device; the plan's device then names it. */
  capturePlanSnapshot(request: PlanSnapshotInput): Promise<SnapshotTaken>;
  /** Health after a change, against the baseline; fails with HEALTH_CHECK_FAILED. */
  checkHealth(request: { deviceId: string; baseline: HealthBaseline }): Promise<void>;
}
