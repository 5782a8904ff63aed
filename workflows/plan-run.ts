import { defineSearchAttributeKey } from '@temporalio/common';
import { log, patched, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type {
  AttributedSignal,
  PlanState,
  PlanWorkflowInput,
  PreparedPlan,
  RolloutNotice,
} from '../shared/contract/plan-messages.ts';
import type { WorkflowAudit } from '../shared/contract/fleet-activities.ts';
import type { PlanStatus, RolloutOptions } from '../shared/domain/plan.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { errorBodyOf, fleet } from './activity-options.ts';
import { approvalEndsAtMs } from './approval-validity.ts';
import type { DueReminder } from './approval-reminders.ts';
import { planCard } from './plan-card.ts';
import { NO_VOTES, type Votes } from './plan-decisions.ts';

const statusAttribute = defineSearchAttributeKey('ConvoyPlanStatus', 'KEYWORD');

/** How long after its end a plan can still be taken back that does not say so itself. */
const ROLLBACK_WINDOW_SECONDS = 24 * 60 * 60;
/** A running rollout or rollback is not waited for by the clock. */
const WHILE_RUNNING_MS = 24 * 60 * 60 * 1000;
/** Statuses of a plan that has ended and may have something to take back. */
const CAN_BE_TAKEN_BACK: ReadonlySet<PlanStatus> = new Set<PlanStatus>(['completed', 'failed', 'rollback_incomplete']);
/** Statuses from which nothing more can happen at all. */
const FINAL: ReadonlySet<PlanStatus> = new Set<PlanStatus>(['rejected', 'expired', 'cancelled', 'rolled_back']);

/** Statuses in which something runs beside the signals. */
const AT_WORK: ReadonlySet<PlanStatus> = new Set<PlanStatus>(['rolling_out', 'paused', 'rolling_back']);

/** Who sent a signal, as the server stamped it, and the roles by which they may. */
export function actorOf({ by, roles }: AttributedSignal): Pick<WorkflowAudit, 'actor' | 'authMethod' | 'roles'> {
  return by === null ? { actor: 'unproven' } : { actor: by, authMethod: 'temporal-principal', roles };
}

/** The state of one plan's workflow, and its shadows: the row, the search attribute, the card on the workflow's page. */
export class PlanRun {
  readonly input: PlanWorkflowInput;
  status: PlanStatus = 'preparing';
  statusReason: string | null = null;
  prepared: PreparedPlan | null = null;
  refusal: ErrorBody | null = null;
  votes: Votes = NO_VOTES;
  notices: RolloutNotice[] = [];
  /** The rollout or rollback in progress. */
  running: Promise<void> | null = null;
  /** Workflow id of the latest rollout; null before there is one. */
  rolloutId: string | null = null;
  /** Rollouts of failed devices only, after the first. */
  retries = 0;
  /** Devices that were left out before the rollout began. */
  readonly skipped = new Set<string>();
  settledAtMs: number | null = null;
  /** A rollback waits for the end of what is running, and takes over its devices. */
  isToBeTakenBack = false;
  isApplyRequested: boolean;
  /** Until then an approved plan waits for its window, milliseconds since the epoch. */
  waitsUntilMs: number | null = null;
  /** When the window opens that the approved plan first waited for, milliseconds since the epoch. */
  opensAtMs: number | null = null;
  /** How often devices were wanted that another plan holds. */
  claimsRefused = 0;
  /** Another plan let go of devices, and whether that helps was not looked at yet. */
  isWoken = false;
  /** The last write of the row; each waits for the one before, so that the last status is the one that stays. */
  private shadowed: Promise<void> = Promise.resolve();
  /** What is told of the plan while it waits for approval, the next first. */
  reminders: DueReminder[] = [];
  private eventsTold = 0;
  /** Goes up whenever its status changes, or something that ran beside the signals begins or ends. */
  turns = 0;
  private signalsSeen = 0;
  private signalsReceived = 0;

  constructor(input: PlanWorkflowInput) {
    this.input = input;
    this.isApplyRequested = input.rollout.apply === 'on_approval';
    this.show();
  }

  /** A signal came; who sent it is read from the server's record, not from here. */
  readonly nudge = (): void => {
    this.signalsReceived += 1;
  };

  get hasSignals(): boolean {
    return this.signalsReceived > this.signalsSeen;
  }

  takeSignals(): void {
    this.signalsSeen = this.signalsReceived;
  }

  /** A notice of the rollout that the plan's status lets it take. */
  get hasNotice(): boolean {
    return this.notices.length > 0 && (this.status === 'rolling_out' || this.status === 'paused');
  }

  /** A rollout is on its way and not there yet: the plan's status does not say so until it can be told anything. */
  get isStarting(): boolean {
    const { running, status } = this;
    return running !== null && (status === 'approved' || status === 'failed' || status === 'completed');
  }

  /** What ran beside the signals has said how it ends, or has not begun: who holds the devices is about to change. */
  get isBetween(): boolean {
    return this.running !== null && !AT_WORK.has(this.status);
  }

  get isOver(): boolean {
    if (this.running !== null) return false;
    // It may be asked for again, when somebody has seen to what was left.
    return FINAL.has(this.status) || (this.status === 'rollback_incomplete' && !patched('rollback-again'));
  }

  /** Between a rollout and the rollback that ends it no other plan may take the devices: the status stays what it is. */
  get keepsDevices(): boolean {
    return this.isToBeTakenBack && patched('rollback-keeps-devices');
  }

  get expiresAtMs(): number {
    return Date.parse(this.input.expiresAt);
  }

  /** Until when its approvals hold, milliseconds since the epoch; infinity where they hold for ever. */
  get approvalEndsAtMs(): number {
    const { votes, prepared, input, opensAtMs } = this;
    const { approvalValidHours: validHours } = prepared ?? {};
    const { notBefore } = input.rollout;
    return approvalEndsAtMs({ approvals: votes.approvals, validHours, notBefore, opensAtMs });
  }

  /** The same, ISO 8601; null while it is not approved, and where they hold for ever. */
  private get approvalValidUntil(): string | null {
    const { votes, approvalEndsAtMs: endsAtMs } = this;
    return votes.outcome === 'approved' && Number.isFinite(endsAtMs) ? new Date(endsAtMs).toISOString() : null;
  }

  get isRollbackWindowOver(): boolean {
    return this.settledAtMs !== null && Date.now() >= this.settledAtMs + this.rollbackWindowMs && this.running === null;
  }

  private get rollbackWindowMs(): number {
    // Inputs of versions without the option lack it.
    const { rollbackWindowSeconds = ROLLBACK_WINDOW_SECONDS } = this.input.rollout as Partial<RolloutOptions>;
    return rollbackWindowSeconds * 1000;
  }

  /** Until when the plan can be taken back, ISO 8601; null while it runs, and when there is nothing to take back. */
  private get rollbackUntil(): string | null {
    if (!CAN_BE_TAKEN_BACK.has(this.status) || this.rolloutId === null) return null;
    // What is running ends with the status that it brings.
    const endedAtMs = this.running === null ? (this.settledAtMs ?? Date.now()) : Date.now();
    return new Date(endedAtMs + this.rollbackWindowMs).toISOString();
  }

  /** Approved, asked for, and its time has come. */
  get isReadyToRoll(): boolean {
    const { notBefore } = this.input.rollout;
    const isDue = notBefore === undefined || Date.now() >= Date.parse(notBefore);
    const mayTry = this.waitsUntilMs === null || Date.now() >= this.waitsUntilMs;
    return this.status === 'approved' && this.running === null && this.isApplyRequested && isDue && mayTry;
  }

  /** Devices in rollout order, without those that people left out before it began. */
  toChange({ deviceIds }: PreparedPlan): string[] {
    return deviceIds.filter((deviceId) => !this.skipped.has(deviceId));
  }

  /** Milliseconds until something is due by the clock alone. */
  get patienceMs(): number {
    const { notBefore } = this.input.rollout;
    if (this.running) return WHILE_RUNNING_MS;
    const waits = this.status === 'approved' && this.isApplyRequested;
    const startsAtMs = this.waitsUntilMs ?? (notBefore === undefined ? null : Date.parse(notBefore));
    const dueAtMs =
      waits && startsAtMs !== null
        ? startsAtMs
        : this.settledAtMs === null
          ? this.undecidedUntilMs
          : this.settledAtMs + this.rollbackWindowMs;
    const lapsesAtMs = this.status === 'approved' ? this.approvalEndsAtMs : Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(dueAtMs, lapsesAtMs) - Date.now());
  }

  /** When the plan expires, or something is told before. */
  private get undecidedUntilMs(): number {
    const [next] = this.status === 'awaiting_approval' ? this.reminders : [];
    return Math.min(this.expiresAtMs, next?.atMs ?? Number.POSITIVE_INFINITY);
  }

  view(): PlanState {
    return {
      planId: this.input.planId,
      status: this.status,
      statusReason: this.statusReason,
      digest: this.prepared?.digest ?? null,
      approvals: this.votes.approvals,
      approvalsNeeded: this.prepared?.approvalsNeeded ?? 0,
    };
  }

  /** The same in every attempt, and in no other run of the workflow. */
  nextEventKey(): string {
    this.eventsTold += 1;
    return `${this.input.planId}/${workflowInfo().runId}/${this.eventsTold}`;
  }

  readonly wake = (): void => {
    this.isWoken = true;
  };

  /** What it waits for by the clock is asked about at once. */
  takeWake(): void {
    if (this.isWoken) this.waitsUntilMs = null;
    this.isWoken = false;
  }

  async enter(status: PlanStatus, reason: string | null, { releases = false } = {}): Promise<void> {
    const told = { from: this.status, to: status, key: this.nextEventKey() };
    const isNewStatus = this.status !== status;
    if (isNewStatus) this.turns += 1;
    this.status = status;
    this.statusReason = reason;
    this.show();
    upsertSearchAttributes([{ key: statusAttribute, value: status }]);
    const write = this.shadowed.then(() =>
      fleet.recordPlan({
        planId: this.input.planId,
        status: this.status,
        statusReason: this.statusReason,
        isNewStatus,
        ...(releases ? { releases } : {}),
        told,
        approvals: this.votes.approvals,
        refusedDecisions: this.votes.refused,
        rollbackUntil: this.rollbackUntil,
        approvalValidUntil: this.approvalValidUntil,
      }),
    );
    this.shadowed = write.catch(() => undefined);
    await write;
  }

  /** Runs the rollout or rollback beside the signals; its failure is a status, not the end of the plan. */
  launch(work: () => Promise<void>): void {
    this.turns += 1;
    this.running = work()
      .catch(async (error: unknown) => {
        const { code, message } = errorBodyOf(error, 'INTERNAL_ERROR');
        if (this.keepsDevices) return log.warn('what was running failed before it is taken back', { code, message });
        // It may have been so before, and have taken its devices only just now.
        await this.enter('failed', `${code}: ${message}`, { releases: true });
      })
      .catch((error: unknown) => log.error('the plan could not be recorded as failed', { error: String(error) }))
      .finally(() => {
        this.turns += 1;
        this.running = null;
        this.settledAtMs = Date.now();
        // What it said last is not about whatever comes next.
        this.notices = [];
      });
  }

  /** One audit event a vote, written before the vote has any effect. */
  async auditVotes(before: Votes, signals: AttributedSignal[]): Promise<void> {
    const { planId } = this.input;
    // Of refused ones only the last are kept, so what counted is told by the votes.
    const counted = this.votes.approvals.slice(before.approvals.length);
    for (const signal of signals) {
      if (signal.signal !== 'approve' && signal.signal !== 'reject') continue;
      const refused = this.votes.refused.find((entry) => entry.eventId === signal.eventId);
      const counts = counted.some(({ by, at }) => by === signal.by && at === signal.at);
      await fleet.audit({
        // Event ids start anew when a workflow is reset.
        key: `${planId}/signal/${workflowInfo().runId}/${signal.eventId}`,
        action: `plan.${signal.signal}`,
        ...actorOf(signal),
        planId,
        environment: this.input.environment,
        outcome: counts ? 'ok' : 'refused',
        code: refused?.code,
        message: refused?.message,
        details: { digest: signal.digest, comment: signal.comment, via: signal.via },
      });
    }
  }

  show(): void {
    const { input, status, statusReason, prepared, votes, approvalValidUntil } = this;
    setCurrentDetails(planCard({ input, status, statusReason, prepared, votes, approvalValidUntil }));
  }
}
