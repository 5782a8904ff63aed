import { z } from 'zod';
import type { Step } from '../../domain/change.ts';
import { Risk } from '../../domain/plan.ts';
import { AppError } from '../../errors/app-error.ts';
import { isErrorCode } from '../../errors/codes.ts';
import { definePlan, type CapturedDevice, type PlanKind, type PlanPart, type RiskFacts } from '../define-plan.ts';
import { partsInput, type PartsInput } from './parts-input.ts';
import { inOneOrder } from './step-order.ts';
import { nameOf, workOut } from './work-out.ts';

const Current = z.strictObject({
  /** What was captured for each part, in their order. */
  parts: z.array(z.record(z.string(), z.unknown())),
  /** Why they cannot be one change on this device. */
  conflict: z
    .strictObject({ code: z.string().refine(isErrorCode), message: z.string(), hint: z.string().nullable() })
    .nullable(),
});
type Current = z.output<typeof Current>;

/** The kind that holds changes of the others as one: one diff, one approval, one rollout, and one undo of each device. */
export function compositeOf(kinds: readonly PlanKind[]): PlanKind {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const partsOf = ({ changes }: PartsInput): PlanPart[] =>
    changes.map(({ kind, input }) => ({ kind: byName.get(kind)!, input }));
  return definePlan({
    kind: 'composite',
    title: 'Several changes as one',
    summary:
      'Proposes 2 to 10 changes of other kinds as one: approved, carried out and taken back together. Refuses parts that overlap or contradict.',
    phase: 3,
    paths: [...new Set(kinds.flatMap(({ paths }) => paths))],
    input: partsInput(kinds),
    parts: partsOf,
    refuse: (input) => refuseParts(partsOf(input)),
    current: Current,
    async capture(router, { input, device }) {
      const { parts, conflict } = await workOut(router, { parts: partsOf(input), device });
      if (conflict === null) return { parts, conflict };
      const { code, message, hint = null } = conflict;
      return { parts, conflict: { code, message, hint } };
    },
    steps(current, input) {
      refuseConflict(current);
      const parts = partsOf(input);
      return inOneOrder(parts.map((_, index) => stepsOfPart(parts, index, current)));
    },
    rules: (current, input) =>
      partsOf(input).flatMap(({ kind, input: ofPart }, index) => {
        return kind.rules?.(kind.current.parse(current.parts[index]), ofPart) ?? [];
      }),
    refuseTogether: (devices, input) => refuseTogether(devices, partsOf(input)),
    risk: (facts, input) => assessRisk(facts, partsOf(input)),
    example: {
      changes: [
        { kind: 'dns_ntp', input: { dnsServers: ['9.9.9.9'], ntpServers: ['pool.ntp.org'] } },
        { kind: 'dns_static', input: { records: [{ name: 'files.lan', type: 'A', value: '192.0.2.10' }] } },
      ],
    },
  });
}

function refuseParts(parts: readonly PlanPart[]): string | null {
  for (const [index, { kind, input }] of parts.entries()) {
    const problem = kind.refuse?.(input);
    if (problem) return `changes[${index}].input: ${problem}`;
    const wish = JSON.stringify([kind.kind, input]);
    const same = parts.slice(0, index).findIndex((one) => JSON.stringify([one.kind.kind, one.input]) === wish);
    if (same !== -1) return `changes[${index}] is the same as changes[${same}]`;
  }
  return null;
}

function refuseConflict({ conflict }: Current): void {
  if (conflict === null) return;
  const { code, message, hint } = conflict;
  throw new AppError(code, { message, ...(hint === null ? {} : { hint }) });
}

function stepsOfPart(parts: readonly PlanPart[], index: number, current: Current): Step[] {
  const { kind, input } = parts[index]!;
  try {
    return kind.steps(kind.current.parse(current.parts[index]), input);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, hint, details } = error;
    throw new AppError(code, { message: `${nameOf(parts, index)}: ${message}`, hint, details, cause: error });
  }
}

function currentsOf(captured: readonly Current[], { kind }: PlanPart, index: number): Record<string, unknown>[] {
  return captured.map(({ parts }) => kind.current.parse(parts[index]));
}

function refuseTogether(devices: readonly CapturedDevice<Current>[], parts: readonly PlanPart[]): string | null {
  for (const [index, part] of parts.entries()) {
    const currents = currentsOf(
      devices.map(({ current }) => current),
      part,
      index,
    );
    const ofPart = devices.map(({ name }, place) => ({ name, current: currents[place]! }));
    const problem = part.kind.refuseTogether?.(ofPart, part.input);
    if (problem) return `changes[${index}].input: ${problem}`;
  }
  return null;
}

/** As high as that of the riskiest part, with the reasons of all. */
function assessRisk(facts: RiskFacts<Current>, parts: readonly PlanPart[]): { risk: Risk; reasons: string[] } {
  const { captured, ...known } = facts;
  const assessed = parts.map((part, index) => {
    const ofPart = captured === undefined ? {} : { captured: currentsOf(captured, part, index) };
    return part.kind.risk({ ...known, ...ofPart }, part.input);
  });
  const highest = Math.max(...assessed.map(({ risk }) => Risk.options.indexOf(risk)));
  return { risk: Risk.options[highest] ?? 'high', reasons: [...new Set(assessed.flatMap(({ reasons }) => reasons))] };
}
