import { changesOf, keyAfter, type Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Router } from '../../routeros/router.ts';
import { rowsNamed } from '../../routeros/row-key.ts';
import type { CaptureAsked, PlanPart } from '../define-plan.ts';
import { readOnce, routerAfter } from './router-after.ts';
import { inOneOrder, segmentsOf } from './step-order.ts';

/** A device's steps of all parts together, at most. */
export const MOST_STEPS = 2_000;

/** One part as it was captured, and why it cannot be carried out like this. */
interface Worked {
  current: Record<string, unknown>;
  steps: Step[];
  refusal: AppError | null;
  /** It needs what parts before it add. */
  isDependent?: boolean;
}

/** What was captured for each part, and why they cannot be one change; a part's own refusal is not repeated here. */
export interface WorkedOut {
  parts: Record<string, unknown>[];
  conflict: AppError | null;
}

/**
 * Captures every part of a change and proves that they can be carried out as one. What a part writes must be the same
 * whether the others are made or not, and once all are made none may ask for more. A part that needs what earlier ones add
 * is worked out from the router as it will be then.
 */
export async function workOut(
  router: Router,
  { parts, device }: { parts: readonly PlanPart[]; device: CaptureAsked<unknown>['device'] },
): Promise<WorkedOut> {
  const now = readOnce(router);
  const after = (part: PlanPart, steps: readonly Step[]): Promise<Worked> =>
    work(routerAfter(now, steps), part, device);
  const worked: Worked[] = [];
  for (const part of parts) {
    const alone = await after(part, []);
    worked.push(alone.refusal === null ? alone : ((await dependent(after, part, worked)) ?? alone));
  }
  const captured = worked.map(({ current }) => current);
  const isRefused = worked.some(({ refusal }) => refusal !== null);
  return { parts: captured, conflict: isRefused ? null : await conflictIn({ now, after, parts, worked }) };
}

type After = (part: PlanPart, steps: readonly Step[]) => Promise<Worked>;

async function work(
  router: Router,
  { kind, input }: PlanPart,
  device: CaptureAsked<unknown>['device'],
): Promise<Worked> {
  const current = kind.current.parse(await kind.capture(router, { input, device }));
  try {
    return { current, steps: kind.steps(current, input), refusal: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { current, steps: [], refusal: error };
  }
}

/** The part after those before it, when all it needs of them is what they add; null when that does not help. */
async function dependent(after: After, part: PlanPart, earlier: readonly Worked[]): Promise<Worked | null> {
  const all = earlier.flatMap(({ steps }) => steps);
  if (all.length === 0) return null;
  const added = await after(
    part,
    earlier.flatMap(({ steps }) => segmentsOf(steps).additions),
  );
  const made = await after(part, all);
  if (added.refusal !== null || made.refusal !== null || !areEqual(added.steps, made.steps)) return null;
  // Every step must find what it expects before any is written, so it cannot be about what another one adds.
  const menus = new Set(all.map(({ menu }) => menu));
  return made.steps.some(({ op, menu }) => op !== 'add' && menus.has(menu)) ? null : { ...made, isDependent: true };
}

interface Whole {
  now: Router;
  after: After;
  parts: readonly PlanPart[];
  worked: readonly Worked[];
}

async function conflictIn(whole: Whole): Promise<AppError | null> {
  const { after, parts, worked } = whole;
  const steps = inOneOrder(worked.map((one) => one.steps));
  if (steps.length === 0) return null;
  if (steps.length > MOST_STEPS) return tooManySteps(steps.length);
  for (const [index, part] of parts.entries()) {
    const own = worked[index]!.steps;
    // Without this part, those that need it would not be there.
    const others = worked.filter((one, place) => place < index || (place > index && one.isDependent !== true));
    const amid = await after(
      part,
      others.flatMap((one) => one.steps),
    );
    if (amid.refusal !== null || !areEqual(amid.steps, own)) return disturbed(whole, index, amid);
    const done = await after(part, steps);
    if (done.refusal !== null) return disturbed(whole, index, done);
    if (done.steps.length > 0) return unsettled(whole, index, done);
  }
  return entangled(whole, steps);
}

/** Why a part does not go with the others, naming the first of them that by itself is enough to disturb it. */
async function disturbed({ after, parts, worked }: Whole, index: number, amid: Worked): Promise<AppError> {
  const own = worked[index]!.steps;
  let other: number | null = null;
  for (const [place, { steps }] of worked.entries()) {
    if (place === index || other !== null || (place > index && worked[place]?.isDependent === true)) continue;
    const pair = await after(parts[index]!, steps);
    if (pair.refusal !== null || !areEqual(pair.steps, own)) other = place;
  }
  if (amid.refusal === null) {
    const step = own.find((one) => !amid.steps.some((found) => areEqual([found], [one]))) ?? amid.steps[0];
    return bothAbout(parts, [index, other], step);
  }
  const { code, message, hint } = amid.refusal;
  const made = other === null ? 'the other changes' : nameOf(parts, other);
  const text = `With ${made} made, ${nameOf(parts, index)} is refused: ${message}`;
  return new AppError(code, { message: text, hint: hint ?? APART });
}

/** A part asks for more once all are made: another one took back what it wrote, or came to stand in its place. */
function unsettled({ parts, worked }: Whole, index: number, done: Worked): AppError {
  const [step] = done.steps;
  const other = worked.findIndex(
    ({ steps }, place) => place !== index && steps.some(({ menu }) => menu === step?.menu),
  );
  return bothAbout(parts, [index, other === -1 ? null : other], step);
}

function bothAbout(parts: readonly PlanPart[], places: readonly (number | null)[], step: Step | undefined): AppError {
  const names = places
    .filter((place) => place !== null)
    .toSorted((a, b) => a - b)
    .map((place) => nameOf(parts, place));
  const what = step === undefined ? 'the same object' : objectOf(step);
  const message =
    names.length > 1
      ? `${names.join(' and ')} are both about ${what}, so what one finds depends on the other.`
      : `${names.join('')} is about ${what}, and so are the other changes together.`;
  return new AppError('VALIDATION_ERROR', { message, hint: APART });
}

const APART = 'Make them one part, leave one out, or propose two plans, one after the other.';

/** Rows that steps of two parts would both mean once all are made: then neither could be proven. */
async function entangled({ now, parts, worked }: Whole, steps: readonly Step[]): Promise<AppError | null> {
  const end = routerAfter(now, steps);
  const menus = new Set(steps.map(({ menu }) => menu));
  for (const menu of menus) {
    const writers = [...worked.entries()].filter(([, one]) => one.steps.some((step) => step.menu === menu));
    const rowSteps = writers.flatMap(([index, one]) =>
      one.steps.flatMap((step) => (step.op !== 'set' && step.menu === menu ? [{ index, step }] : [])),
    );
    if (writers.length < 2 || rowSteps.length === 0) continue;
    const fields = new Set(rowSteps.flatMap(({ step }) => Object.keys(step.key)));
    const rows = await end.list(menu, { fields: [...fields, 'dynamic'] });
    for (const { index, step } of rowSteps) {
      const named = rowsNamed(rows, step.op === 'change' ? keyAfter(step) : step.key);
      if (named.length === (step.op === 'remove' ? 0 : 1)) continue;
      const other = writers.find(([place]) => place !== index)?.[0] ?? null;
      return bothAbout(parts, [index, other], step);
    }
  }
  return null;
}

function tooManySteps(count: number): AppError {
  return new AppError('VALIDATION_ERROR', {
    message: `The changes together take ${count} steps; at most ${MOST_STEPS} are allowed.`,
    hint: 'Give the longest list a plan of its own.',
  });
}

/** `changes[2] (static_routes)` */
export function nameOf(parts: readonly PlanPart[], index: number): string {
  return `changes[${index}] (${parts[index]?.kind.kind ?? '?'})`;
}

/** `/ip/dns (servers)`, `/ip/route[dst-address=192.0.2.0/24, gateway=bridge]` */
function objectOf(step: Step): string {
  const lines = changesOf([step]);
  const path = lines[0]?.path ?? step.menu;
  if (step.op !== 'set' && step.op !== 'change') return path;
  return `${path} (${[...new Set(lines.map(({ key }) => key))].join(', ')})`;
}

function areEqual(one: readonly Step[], other: readonly Step[]): boolean {
  return one.length === other.length && canonicalJson(one) === canonicalJson(other);
}
