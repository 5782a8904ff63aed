import type { z } from 'zod';
import type { RolloutOptions } from '../../../shared/domain/plan.ts';
import type { BoardKey } from '../../../simulator/boards.ts';
import type { Fault } from '../../../simulator/router/fault.ts';

/** All that happens in one seed. It follows from the seed alone; how the processes interleave does not. */
export interface Story {
  seed: number;
  devices: DeviceStory[];
  plans: PlanStory[];
  /** In the order of their times. */
  acts: Act[];
  processFaults: ProcessFault[];
  /** What the operator does with plans that are left over when the faults are over. */
  endings: Ending[];
}

export interface DeviceStory {
  name: string;
  version: string;
  board: BoardKey;
  /** What is configured before anything happens. */
  configured: Edit[];
  latencyMs: number;
  tags: string[];
}

export interface PlanStory {
  /** Also its comment, by which it is found again when the answer to its proposal was lost. */
  name: string;
  kind: string;
  input: Record<string, unknown>;
  rollout: z.input<typeof RolloutOptions>;
  /** Names of devices, in rollout order. */
  devices: string[];
  requestedBy: Requester;
}

export type Requester = 'operator' | 'admin';
/** `requester`: whoever asked for the plan, and so may not approve it. */
export type Decider = 'approver' | 'approver2' | 'viewer' | 'requester';
export type Control = 'pause' | 'resume' | 'abort' | 'rollback' | 'cancel' | 'skip' | 'retry';

/** A change by hand, past Convoy. `row` names the row by fields; left out for singletons. */
export type Edit =
  | { menu: string; add: Record<string, string> }
  | { menu: string; set: Record<string, string>; row?: Record<string, string> }
  | { menu: string; remove: Record<string, string> };

/**
 * `atMs` counts from the beginning of the seed; with `duringRollout` from when one of its plans is first seen rolling out, and
 * where none comes to that in time the act is left out. Plans are named by their place in the story.
 */
export type Act = { atMs: number; duringRollout?: true } & (
  | { act: 'propose'; plan: number }
  | { act: 'decide'; plan: number; by: Decider; decision: 'approve' | 'reject'; digest: 'right' | 'wrong' }
  | { act: 'control'; plan: number; control: Control }
  | { act: 'faults'; device: string; faults: Fault[] }
  | { act: 'power'; device: string; downMs: number }
  | { act: 'edit'; device: string; edit: Edit }
);

export type ProcessTarget = 'worker' | 'web' | 'temporal' | 'postgres';
/** `kill`: SIGKILL, and a new process after `forMs`. `stop`: SIGSTOP, and SIGCONT after `forMs`. */
export interface ProcessFault {
  atMs: number;
  target: ProcessTarget;
  how: 'kill' | 'stop';
  forMs: number;
}

export type Ending = 'leave' | 'resume' | 'abort' | 'rollback';
