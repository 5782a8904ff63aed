import type { z } from 'zod';
import type { CapabilityFlag, Device } from '../domain/device.ts';
import type { Environment } from '../domain/environment.ts';
import type { Risk } from '../domain/plan.ts';
import type { RouterValues, Step } from '../domain/change.ts';
import type { Phase } from '../operations/define-operation.ts';
import type { Router } from '../routeros/router.ts';

/** A kind of reviewed change: from (captured state, wanted state) to steps that carry their undo. */
export interface PlanKind<Input extends z.ZodObject = z.ZodObject, Current extends z.ZodObject = z.ZodObject> {
  /** The plan tool is `plan_<kind>`. */
  kind: string;
  title: string;
  summary: string;
  phase: Phase;
  /** Its tool is listed also for clients that choose no toolsets; the list is bounded. Default false. */
  isCore?: boolean;
  /** A topic flag every target needs besides `allowProfessionalWorkflows`. */
  flag?: CapabilityFlag;
  paths: readonly string[];
  input: Input;
  /** A rule over several fields, as a sentence when it is broken. */
  refuse?: (input: z.output<Input>) => string | null;
  /** What is captured of a device before the plan, in canonical value form. */
  current: Current;
  capture: (router: Router, asked: CaptureAsked<z.output<Input>>) => Promise<z.input<Current>>;
  /**
   * Pure: the steps from captured to wanted; empty when the device already is as wanted. Additive steps first. What it
   * throws refuses the plan; the name of the device is put in front of the message.
   */
  steps: (current: z.output<Current>, input: z.output<Input>) => Step[];
  /** Pure: a rule over all devices of the plan, as a sentence when it is broken. */
  refuseTogether?: (devices: readonly CapturedDevice<z.output<Current>>[], input: z.output<Input>) => string | null;
  /** Pure: how dangerous the change is, with the reasons in words. */
  risk: (facts: RiskFacts<z.output<Current>>, input: z.output<Input>) => { risk: Risk; reasons: string[] };
  /**
   * Pure: of a kind that changes rows which say only together what they do (firewall rules, which are looked at from the
   * first to the last; routes to the same destination), these as they were captured, so that people see among which a new
   * one will stand. Default: it changes none.
   */
  rules?: (current: z.output<Current>, input: z.output<Input>) => readonly OrderedRules[];
  /**
   * Of a kind whose input holds changes of other kinds: these, each with its own input. Whatever must hold for a kind, by
   * flags, policy or phase, must hold for each of them too. Default: it holds none.
   */
  parts?: (input: z.output<Input>) => readonly PlanPart[];
  example: z.input<Input>;
}

/** All rules of a menu, in their order, or routes; those that agree in a field belong together. */
export interface OrderedRules {
  menu: string;
  together: 'chain' | 'dst-address';
  rules: readonly RouterValues[];
}

/** A change of another kind within a plan; the input is that of its kind, parsed. */
export interface PlanPart {
  kind: PlanKind;
  input: Record<string, unknown>;
}

/** For what a device is captured. What the kind's steps need of it belongs to what is captured: the digest covers that. */
export interface CaptureAsked<Input> {
  input: Input;
  /** As it is registered. */
  device: Pick<Device, 'name' | 'tags' | 'environment'>;
}

export interface CapturedDevice<Current> {
  name: string;
  current: Current;
}

export interface RiskFacts<Current = unknown> {
  environment: Environment;
  /** Devices that change. */
  deviceCount: number;
  /** What was captured of these devices. Default: nothing is known of them. */
  captured?: readonly Current[];
}

/** Declares a plan kind; throws at load when the declaration breaks a rule. */
export function definePlan<Input extends z.ZodObject, Current extends z.ZodObject>(
  declaration: PlanKind<Input, Current>,
): PlanKind {
  if (!/^[a-z][a-z0-9_]{2,33}$/.test(declaration.kind)) throw new Error(`plan kind "${declaration.kind}": bad name`);
  for (const [field, schema] of Object.entries(declaration.input.shape)) {
    if (!(schema as z.ZodType).description) {
      throw new Error(`plan kind "${declaration.kind}": input field "${field}" needs .describe()`);
    }
  }
  // The list holds kinds of different inputs; every caller parses with the kind's own schemas.
  return declaration;
}
