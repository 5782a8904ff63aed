import type { z } from 'zod';
import type { CapabilityFlag, Device } from '../../shared/domain/device.ts';
import type { Principal, Role, Scope } from '../../shared/domain/principal.ts';
import type { Phase } from '../../shared/operations/define-operation.ts';
import type { Toolset } from '../../shared/operations/toolsets.ts';
import type { Precondition } from '../../shared/platform/persistence/stores/device-store.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { withIdempotencyKey } from './idempotency.ts';

/** What an action is about; the named input fields are resolved before it is authorized. */
export type TargetRule =
  /**
   * The fleet as a whole: one of the roles must be held on all of it, unless everybody may ask, who are told of what they may
   * see. `findsDevices`: the action itself looks which devices it is about, and for the role on them.
   */
  | { on: 'nothing'; findsDevices?: boolean }
  /**
   * `deviceId`, and `environment` when it is there. `flags`: what the device must be allowed to. Decommissioned devices
   * are refused unless `evenDecommissioned`.
   */
  | { on: 'device'; flags: readonly CapabilityFlag[]; evenDecommissioned?: boolean }
  /** `deviceIds` or `selector`, and `environment`: the devices of one plan. */
  | {
      on: 'fleet';
      flags: readonly CapabilityFlag[];
      /** Further flags, by what is asked. Default: none. */
      flagsOf?: (input: Readonly<Record<string, unknown>>) => readonly CapabilityFlag[];
    }
  /** `planId`. */
  | { on: 'plan' };

interface TargetByKind {
  nothing: { on: 'nothing' };
  device: { on: 'device'; device: Device };
  fleet: { on: 'fleet'; devices: Device[] };
  plan: { on: 'plan'; plan: StoredPlan };
}
export type TargetKind = keyof TargetByKind;
export type Target<Kind extends TargetKind = TargetKind> = TargetByKind[Kind];

/** A call that passed every check, as its action gets it. */
export interface AdmittedCall<Input = Record<string, unknown>, Kind extends TargetKind = TargetKind> {
  /** Names this very call; unlike the correlation id it never comes from outside. */
  callId: string;
  correlationId: string;
  principal: Principal;
  input: Input;
  target: Target<Kind>;
  /** Of a list: behind which entry the page begins; null for the first page. */
  after: string | null;
  /** What the target must still be for the call to change it, for a versioned action; undefined: whatever it is. */
  precondition: Precondition | undefined;
  /** Whoever asked holds a task: the answer may take as long as it takes, and need not wait for what comes after it. */
  isTask: boolean;
  /** The plan from which a proposal is made anew; undefined for all others. Never taken from what a caller sends. */
  replaces: string | undefined;
  again: CallAgain;
  /** Tells whoever waits how far the call is; cheap, and heard by nobody most of the time. */
  report: (progress: Progress) => void;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/**
 * Makes another call of the same person on the same surface. It takes every step of its own, so that nothing is let through
 * which the person could not have asked for; what it fails with is the answer.
 */
export type CallAgain = (
  name: string,
  given: Record<string, unknown>,
  options?: { replaces?: string },
) => Promise<{ output: Record<string, unknown>; handle?: { callId: string } }>;

/** How far a long call is. The message holds numbers and words of ours only. */
export interface Progress {
  done: number;
  total: number;
  message: string;
}

/** Calls that share one budget of a principal, see `limit-rate.ts`. */
export type RateClass = 'read' | 'active' | 'fleet' | 'write' | 'plan' | 'admin';

/**
 * Where something can be asked for. `context`: what MCP hosts read besides tools, that is resources and completion; every
 * tool can be asked for there too.
 */
export type Surface = 'mcp' | 'http' | 'context';

/** One thing a caller may ask for, on every surface that shows it. */
export interface ActionOf<Input extends z.ZodObject, Output extends z.ZodObject, Kind extends TargetKind> {
  /** The only name: tool, audit and metric label. */
  name: string;
  title: string;
  /** For a model: what and when, limits, what to call next. */
  description: string;
  toolset: Toolset;
  /** Listed also for clients that choose no toolsets. */
  isCore: boolean;
  rate: RateClass;
  phase: Phase;
  /** Any one of the roles and any one of the scopes is needed. */
  roles: readonly Role[];
  scopes: readonly [Scope, ...Scope[]];
  surfaces: readonly Surface[];
  /**
   * Whether it changes anything at all, and how (MCP's tool annotations). `openWorld`: it makes a router talk to hosts that
   * are none of the fleet's. Default false.
   */
  hints: { readOnly: boolean; destructive: boolean; idempotent: boolean; openWorld?: boolean };
  /** Every attempt is recorded, before it is carried out and when it is refused. True for all but plain reads. */
  audited: boolean;
  /**
   * It is carried out also while its record cannot be written, because all it does is to keep others from writing, and it
   * leaves a row of its own that says who, when and why. Default false.
   */
  actsUnrecorded?: boolean;
  /** An object that refuses unknown keys. */
  input: Input;
  output: Output;
  target: Extract<TargetRule, { on: Kind }>;
  dispatch: (call: AdmittedCall<z.output<Input>, Kind>) => Promise<Dispatched<z.input<Output>>>;
  /** Reads or changes one thing that has versions: the answer carries its `tag`, and a change heeds `precondition`. */
  isVersioned?: boolean;
  /** Of what proposes a plan: the kinds of change in it, all of which the policy must allow. Default: it proposes none. */
  planKinds?: (input: Readonly<Record<string, unknown>>) => readonly string[];
  /**
   * What clients that know tasks get one for: the `work` itself, or the life of the `plan` in the answer until it is
   * finished. Default: they get the answer.
   */
  task?: 'work' | 'plan';
  /** Answers in good time by itself, so it never becomes a call to ask for. Default false. */
  isBounded?: boolean;
  /** A client that can is asked to have its person confirm; a guard against mistakes, never an approval. Default false. */
  asksFirst?: boolean;
  /** The first line a person or model reads of a good answer. */
  summarize: (output: z.output<Output>) => string;
  /** What a model gets of a long answer, in the same shape; other surfaces get the whole. Default: the whole. */
  brief?: (output: z.output<Output>) => z.output<Output>;
  /** The text of a tool's answer is its data as JSON and nothing else, for hosts that parse it. Default false. */
  isPlainJson?: boolean;
}

export interface Dispatched<Output = Record<string, unknown>> {
  output: Output;
  /** Of a list: behind which entry the next page begins, when there is one; it becomes `nextCursor`. */
  next?: string | undefined;
  /** Of a versioned action: names the version that was read or made. */
  tag?: string;
  /** How the router was reached, when one was. */
  door?: 'nexus' | 'activity' | 'workflow';
}

export type Action = ActionOf<z.ZodObject, z.ZodObject, TargetKind>;

/** Declares an action; throws at load when it breaks a rule of the catalogue. */
export function defineAction<Input extends z.ZodObject, Output extends z.ZodObject, Kind extends TargetKind>(
  action: ActionOf<Input, Output, Kind>,
): Action {
  if (!/^[a-z][a-z0-9_]{2,39}$/.test(action.name)) throw new Error(`action "${action.name}": bad name`);
  if (!action.hints.readOnly && !action.audited) throw new Error(`action "${action.name}" writes and is not audited`);
  const input = action.hints.readOnly ? action.input : withIdempotencyKey(action.input);
  // The catalogue holds actions of different inputs and targets; every call goes through the action's own schema and rule.
  return { ...action, input } as unknown as Action;
}
