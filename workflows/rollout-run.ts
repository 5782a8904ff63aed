import { condition, setCurrentDetails } from '@temporalio/workflow';
import type { DeviceFacts } from '../shared/contract/fleet-activities.ts';
import type {
  ChangedDevice,
  DeferredDevice,
  RetryOrder,
  RolloutCarried,
  RolloutInput,
  RolloutProgress,
  RolloutResult,
  SkipOrder,
} from '../shared/contract/plan-messages.ts';
import type { PlanDeviceStatus, RolloutOptions } from '../shared/domain/plan.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { estimateEnd } from './estimate.ts';
import { RolloutRecorder } from './rollout-recorder.ts';
import { exceedsBudget, nextWaveSize, wavesAhead } from './waves.ts';

const START: RolloutCarried = { nextIndex: 0, wave: 0, applied: 0, failed: 0, rolledBack: 0, acceptedFailures: 0 };

/** What plans that were proposed before there were these options are carried out with. */
const DEFAULTS = {
  batchGrowth: 1,
  maxBatchSize: 50,
  maxParallel: 50,
  rollbackScope: 'batch',
  unreachableSeconds: 120,
} as const satisfies Partial<RolloutOptions>;

type State = Required<Omit<RolloutCarried, 'current' | 'watch' | 'held'>> & Pick<RolloutCarried, 'current' | 'watch'>;

/** The state of one rollout: where its devices are, what it was told, and what it shows. */
export class RolloutRun {
  readonly input: RolloutInput;
  readonly options: RolloutOptions;
  readonly state: State;
  readonly recorder: RolloutRecorder;
  /** Names and sites by device id. */
  facts: Record<string, DeviceFacts> = {};
  /** Devices that are being changed. */
  readonly atWork = new Set<string>();
  /** Devices at work that people want left out, and what their rows then say: those that are not written after all are. */
  readonly unwanted = new Map<string, ErrorBody>();
  /** How often a device's change was begun in this run of the workflow. */
  readonly begun = new Map<string, number>();
  isPaused = false;
  isAborted = false;
  reason: string | null = null;
  /** Somebody says that whether it may go on has changed. */
  hasNews = false;
  /** What is left to do has changed. */
  isReordered = false;

  constructor(input: RolloutInput) {
    this.input = input;
    this.options = { ...DEFAULTS, ...input.rollout };
    this.state = stateOf(input.carried ?? START);
    this.recorder = new RolloutRecorder(input.planId, () => this.progress().estimatedEndAt);
  }

  get total(): number {
    return this.input.deviceIds.length;
  }

  get isSteered(): boolean {
    return this.isPaused || this.isAborted;
  }

  /** Devices that had no turn yet. */
  get fresh(): string[] {
    const skips = new Set(this.state.skips);
    return this.input.deviceIds.slice(this.state.nextIndex).filter((deviceId) => !skips.has(deviceId));
  }

  /** Devices that are not begun, in the order of their turns. */
  get open(): string[] {
    const { current, front, deferred } = this.state;
    const later = deferred.map(({ deviceId }) => deviceId);
    // One whose turn has come again is in two places until it is begun.
    return [...new Set([...(current?.left ?? []), ...front, ...later, ...this.fresh])];
  }

  get isUnfinished(): boolean {
    return this.open.length > 0;
  }

  get isOverBudget(): boolean {
    return exceedsBudget(this.state.failed - this.state.acceptedFailures, this.total, this.options);
  }

  nameOf(deviceId: string): string {
    return this.facts[deviceId]?.name ?? deviceId;
  }

  readonly siteOf = (deviceId: string): string | null => this.facts[deviceId]?.site ?? null;

  /** Takes the devices of the next wave out of those that wait; false when all that are left cannot be reached yet. */
  beginWave(): boolean {
    const { state, options } = this;
    if (state.current) return true;
    const size = nextWaveSize(state, options);
    const nowMs = Date.now();
    const due = state.deferred.filter(({ dueAtMs }) => dueAtMs <= nowMs).map(({ deviceId }) => deviceId);
    const left = [...state.front, ...due].slice(0, size);
    // Nothing goes out without a canary: while the one that was chosen cannot be reached, it is waited for.
    const isHeld = !state.isProven && options.canary > 0 && state.deferred.length > 0;
    const fresh = isHeld ? [] : this.fresh.slice(0, size - left.length);
    left.push(...fresh);
    if (left.length === 0) return false;
    const taken = new Set(left);
    state.front = state.front.filter((deviceId) => !taken.has(deviceId));
    const lastFresh = fresh.at(-1);
    if (lastFresh !== undefined) state.nextIndex = this.input.deviceIds.indexOf(lastFresh) + 1;
    if (fresh.length > 0 && (state.isProven || options.canary === 0)) state.batches += 1;
    state.wave += 1;
    state.current = { left, changed: [] };
    return true;
  }

  /** The deferral of a device that is tried again; it is ended by that. */
  takeDeferral(deviceId: string): DeferredDevice | undefined {
    const found = this.state.deferred.find((one) => one.deviceId === deviceId);
    this.state.deferred = this.state.deferred.filter((one) => one.deviceId !== deviceId);
    return found;
  }

  /**
   * Leaves out those of the devices that are not begun; answers which of them hold nothing of the plan. One that may hold
   * something is not tried again, but goes on counting as failed: a rollback must look at it.
   */
  skip({ deviceIds, error }: SkipOrder): string[] {
    const { state, atWork } = this;
    const open = new Set(this.open);
    const fresh = new Set(this.fresh);
    for (const deviceId of deviceIds) if (atWork.has(deviceId)) this.unwanted.set(deviceId, error);
    // One that is due again is in the queue until it is done.
    const taken = new Set(deviceIds.filter((deviceId) => open.has(deviceId) && !atWork.has(deviceId)));
    const stays = (deviceId: string): boolean => !taken.has(deviceId);
    if (state.current) state.current.left = state.current.left.filter(stays);
    state.front = state.front.filter(stays);
    state.deferred = state.deferred.filter(({ deviceId }) => stays(deviceId));
    state.skips = [...state.skips, ...[...taken].filter((deviceId) => fresh.has(deviceId))];
    this.isReordered = true;
    return [...taken].filter((deviceId) => this.leaveOut(deviceId) === 'skipped');
  }

  /** Counts a device that is not changed because people want it so, and says what it is then. */
  leaveOut(deviceId: string): PlanDeviceStatus {
    const { state } = this;
    const before = state.mayHold[deviceId];
    delete state.mayHold[deviceId];
    if (before === undefined) state.skipped += 1;
    else state.failed += 1;
    return before ?? 'skipped';
  }

  /** Puts devices that failed in front of the others; answers those of them that hold nothing of the plan. */
  retry({ devices }: RetryOrder): string[] {
    const { state } = this;
    const open = new Set([...this.open, ...this.atWork]);
    const again = devices.filter(({ deviceId }) => !open.has(deviceId));
    state.front = [...again.map(({ deviceId }) => deviceId), ...state.front];
    for (const { deviceId, status } of again) {
      if (MAY_HOLD.has(status)) state.mayHold[deviceId] = status;
      if (status === 'rolled_back') state.rolledBack -= 1;
      else state.failed -= 1;
    }
    this.isReordered = true;
    return again.filter(({ status }) => !MAY_HOLD.has(status)).map(({ deviceId }) => deviceId);
  }

  /** Of failures that were accepted, those are forgotten that are tried again: more than the plan allows must not be had. */
  keepBudget(): void {
    this.state.acceptedFailures = Math.min(this.state.acceptedFailures, this.state.failed);
  }

  /** Waits until something is to be heeded, at most so long, milliseconds. */
  async rest(ms: number): Promise<void> {
    this.isReordered = false;
    await condition(() => this.isSteered || this.hasNews || this.isReordered, Math.max(1, ms));
  }

  progress(): RolloutProgress {
    const { state, total, isPaused, reason } = this;
    const left = this.open.length + this.atWork.size;
    const inWave = (state.current?.left.length ?? 0) + this.atWork.size;
    const ahead = wavesAhead(left - inWave, state, this.options);
    const endMs = this.isSteered ? null : this.estimate(inWave > 0 ? [inWave, ...ahead] : ahead);
    const { applied, failed, rolledBack, skipped, deferred, wave } = state;
    const counts = { total, applied, failed, rolledBack, skipped, deferred: deferred.length, left };
    const estimatedEndAt = endMs === null ? null : new Date(endMs).toISOString();
    return { ...counts, wave, waves: wave + ahead.length, paused: isPaused, reason, estimatedEndAt };
  }

  show(doing: string): void {
    const { planId } = this.input;
    const { applied, failed, skipped, deferred, left, estimatedEndAt } = this.progress();
    setCurrentDetails(
      [
        `**${planId}**: ${doing}`,
        `| applied | failed | skipped | not reached yet | to do |\n|---|---|---|---|---|\n| ${applied} | ${failed} | ${skipped} | ${deferred} | ${left} |`,
        ...(estimatedEndAt === null ? [] : [`expected to end at ${estimatedEndAt}`]),
      ].join('\n\n'),
    );
  }

  result(outcome: RolloutResult['outcome']): RolloutResult {
    const { applied, failed, rolledBack, skipped } = this.state;
    return { outcome, applied, failed, rolledBack, skipped, reason: this.reason };
  }

  private estimate(waves: number[]): number | null {
    const { state, options, facts } = this;
    const sites = new Set(Object.values(facts).map(({ site }) => site));
    return estimateEnd(
      {
        nowMs: Date.now(),
        measured: state.measured,
        waves,
        // Devices without a site are not held back by any.
        sites: sites.has(null) ? Infinity : sites.size,
        pauseUntilMs: state.watch?.untilMs ?? null,
        lastTryAtMs: state.deferred.length > 0 ? Math.max(...state.deferred.map(({ dueAtMs }) => dueAtMs)) : null,
      },
      options,
    );
  }
}

/** What a device may be that holds something of the plan although it counts as failed. */
const MAY_HOLD: ReadonlySet<PlanDeviceStatus> = new Set<PlanDeviceStatus>(['unhealthy', 'unknown', 'rollback_failed']);

function stateOf({ held, ...carried }: RolloutCarried): State {
  const changed: ChangedDevice[] = [];
  return {
    skipped: 0,
    skips: [],
    isProven: carried.nextIndex > 0,
    batches: Math.max(0, carried.wave - 1),
    front: [],
    mayHold: {},
    deferred: [],
    measured: { devices: 0, seconds: 0 },
    ...carried,
    ...(held === undefined ? {} : { current: { left: held, changed } }),
  };
}
