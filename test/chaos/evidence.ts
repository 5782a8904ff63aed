import type { PlanDeviceStatus, PlanStatus } from '../../shared/domain/plan.ts';
import type { Step } from '../../shared/domain/change.ts';
import type { JournalEntry } from '../../simulator/router/journal.ts';
import type { Row, Tables } from './play/routers.ts';

/** What is known of one seed when all is over. The routers' part comes from the routers, the rest is held against it. */
export interface SeedEvidence {
  seed: number;
  devices: DeviceEvidence[];
  plans: PlanEvidence[];
}

export interface DeviceEvidence {
  deviceId: string;
  name: string;
  initial: Tables;
  final: Tables;
  /** With the fields of configuration alone: what routers show of themselves follows from those. */
  journal: readonly JournalEntry[];
  /** Entries of the scheduler that a guard left. */
  guardsLeft: readonly Row[];
  requestsInFlight: number;
  /** Whether a change still holds the device's lock. */
  isLocked: boolean;
  /** Plans that hold the device for themselves. */
  heldBy: readonly string[];
}

export interface PlanEvidence {
  planId: string;
  name: string;
  kind: string;
  status: PlanStatus;
  statusReason: string | null;
  approvalsNeeded: number;
  /** The votes that should count, with when they were first sent (ISO 8601): what the people know, not the database. */
  votes: readonly { by: string; at: string }[];
  /** Devices that people took out of it, with when that was confirmed (ISO 8601). */
  skips: readonly { deviceId: string; at: string }[];
  devices: readonly PlanDeviceEvidence[];
  audit: readonly AuditEvidence[];
  /** Workflows of its rollout and rollbacks that still run. */
  running: readonly string[];
}

export interface PlanDeviceEvidence {
  deviceId: string;
  name: string;
  status: PlanDeviceStatus;
  error: { code: string; message: string } | null;
  /** What the plan would write there, in order. */
  steps: readonly Step[];
}

export interface AuditEvidence {
  action: string;
  deviceId: string | null;
  at: string;
  endedAt: string | null;
  outcome: string;
  result: string | null;
}

/** An invariant that does not hold. */
export interface Violation {
  invariant: string;
  message: string;
  planId?: string | undefined;
  deviceId?: string | undefined;
}

/** A pure look at what was collected. */
export type Invariant = (evidence: SeedEvidence) => Violation[];
