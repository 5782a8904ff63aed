import type { CapabilityFlag } from '../domain/device.ts';
import type { Phase } from '../operations/define-operation.ts';
import type { PlanKind } from './define-plan.ts';
import { findPlanKind } from './index.ts';

type Input = Record<string, unknown>;

/** The kind of a plan and those of the changes it holds, each once. `input` is parsed. */
export function kindsOf(kind: PlanKind, input: Input): PlanKind[] {
  return [...new Set([kind, ...(kind.parts?.(input) ?? []).map((part) => part.kind)])];
}

/** As `kindsOf` by name, for a plan as it is stored: what the policy is asked about. */
export function kindNamesOf({ kind: name, input }: { kind: string; input: Input }): string[] {
  const kind = findPlanKind(name);
  return kind === undefined ? [name] : kindsOf(kind, input).map((one) => one.kind);
}

/** Topic flags that every device of the plan needs. */
export function flagsOf(kind: PlanKind, input: Input): CapabilityFlag[] {
  return [...new Set(kindsOf(kind, input).flatMap(({ flag }) => flag ?? []))];
}

/** The first phase in which all of the plan exists. */
export function phaseOf(kind: PlanKind, input: Input): Phase {
  return kindsOf(kind, input).reduce<Phase>((latest, { phase }) => (phase > latest ? phase : latest), kind.phase);
}

/** Menus that preparing the plan may read: of a plan that holds others only theirs. */
export function pathsOf(kind: PlanKind, input: Input): string[] {
  const kinds = kindsOf(kind, input);
  return [...new Set((kinds.length > 1 ? kinds.slice(1) : kinds).flatMap(({ paths }) => paths))];
}
