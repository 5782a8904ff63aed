import { changesOf, type Change, type Step } from '../../shared/domain/change.ts';
import { someOf } from '../../shared/domain/name-list.ts';
import type { PreCheck } from '../../shared/domain/pre-check.ts';
import { AppError, type ErrorBody } from '../../shared/errors/app-error.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import type { PlanCapture } from '../../shared/platform/persistence/stores/plan-store.ts';
import { assertWithinLimits } from '../../shared/routeros/change-limits.ts';

type Values = Record<string, unknown>;

/** A device with what it would get. */
export interface ComposedDevice {
  deviceId: string;
  name: string;
  captured: Values;
  steps: Step[];
  changes: Change[];
}

const MOST_IN_DETAILS = 100;

/** Why a plan is not made, and the check that says so. */
export class PlanRefused extends AppError {
  readonly preCheck: PreCheck;

  constructor(check: PreCheck['check'], devices: string[], { code, message, hint, details, cause }: AppError) {
    super(code, { message, details, cause, ...(hint === undefined ? {} : { hint }) });
    this.preCheck = { check, result: 'refused', message, devices };
  }
}

/** What was captured of each device, as the kind knows it; a device that could not be read refuses the plan. */
export function capturesOf(
  kind: PlanKind,
  rows: readonly PlanCapture[],
): { deviceId: string; name: string; current: Values }[] {
  const unread = rows.flatMap(({ name, error }) => (error === null ? [] : [{ name, error }]));
  if (unread.length > 0) throw notRead(unread, rows.length);
  return rows.map(({ deviceId, name, captured }) => {
    if (captured === null) throw new AppError('INTERNAL_ERROR', { message: `${name} was not captured.` });
    return { deviceId, name, current: kind.current.parse(captured) };
  });
}

function notRead(unread: readonly { name: string; error: ErrorBody }[], total: number): PlanRefused {
  const [first] = unread;
  const names = unread.map(({ name }) => name);
  const reasons = unread.map(({ name, error }) => `${name}: ${error.code}`);
  const error = new AppError(first?.error.code ?? 'DEVICE_UNREACHABLE', {
    message: `${unread.length} of ${total} devices could not be read (${listedReasons(reasons)}). No plan was made.`,
    hint: 'Leave these devices out, or make them reachable and propose the plan again.',
    details: { ...first?.error.details, devices: names.slice(0, MOST_IN_DETAILS) },
  });
  return new PlanRefused('reachable', names, error);
}

/** Reasons spelled out in a refusal. */
const NAMED_AT_MOST = 10;

function listedReasons(reasons: readonly string[]): string {
  const more = reasons.length - NAMED_AT_MOST;
  return reasons.slice(0, NAMED_AT_MOST).join('; ') + (more > 0 ? ` and ${more} more` : '');
}

/** A kind that refuses some of the devices refuses the plan: with the first reason, and the names of all it holds for. */
export function stepsOfEach(
  kind: PlanKind,
  captures: readonly { deviceId: string; name: string; current: Values }[],
  input: Values,
): ComposedDevice[] {
  const composed: ComposedDevice[] = [];
  const refused: { name: string; error: AppError }[] = [];
  for (const { deviceId, name, current } of captures) {
    try {
      const steps = kind.steps(current, input);
      assertWithinLimits(steps);
      composed.push({ deviceId, name, captured: current, steps, changes: changesOf(steps) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ name, error });
    }
  }
  const [first] = refused;
  if (first !== undefined) throw refusedBy(refused, first.error, captures.length);
  return composed;
}

function refusedBy(refused: readonly { name: string; error: AppError }[], cause: AppError, total: number): PlanRefused {
  const { code, message, hint, details } = cause;
  const names = refused.map(({ name }) => name);
  const alike = refused.filter(({ error }) => error.message === message).map(({ name }) => name);
  const others = names.length - alike.length;
  const more = others === 0 ? '' : ` ${others} more ${others === 1 ? 'is' : 'are'} refused for other reasons.`;
  const error = new AppError(code, {
    message: `${someOf(alike, total)}: ${message}${more}`,
    hint,
    details: { ...details, devices: names.slice(0, MOST_IN_DETAILS) },
    cause,
  });
  return new PlanRefused('supported', names, error);
}
