import { AppError } from '../../errors/app-error.ts';
import type { Resolution } from './measures.ts';

/** What somebody wants to see of a series; what is left out is chosen. */
export interface MetricRange {
  /** ISO 8601. */
  from?: string | undefined;
  to?: string | undefined;
  stepSeconds?: number | undefined;
}

export interface PlannedRange {
  /** The beginning of the first step (ISO 8601). */
  from: string;
  to: string;
  stepSeconds: number;
  /** The coarsest values that steps of this length can be made of. */
  resolution: Resolution;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Where steps begin, as the database counts them. */
const ORIGIN_MS = Date.parse('2000-01-01T00:00:00Z');

export const LEAST_STEP_SECONDS = 60;
export const MOST_STEP_SECONDS = 30 * DAY;
/** Points of one answer, and how many a step is chosen for. */
export const MOST_POINTS = 1_000;
const USUAL_POINTS = 150;
/** Lengths that are easy to read. */
const USUAL_STEPS = [300, 900, HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY, MOST_STEP_SECONDS];

/** Without a range: the last day. Fails with VALIDATION_ERROR for one that is inverted or too long for its step. */
export function planRange(wanted: MetricRange, nowMs: number): PlannedRange {
  const toMs = wanted.to === undefined ? nowMs : Date.parse(wanted.to);
  const fromMs = wanted.from === undefined ? toMs - DAY * 1000 : Date.parse(wanted.from);
  if (fromMs >= toMs) {
    throw new AppError('VALIDATION_ERROR', {
      message: `from: ${isoTime(fromMs)} is not before to (${isoTime(toMs)}).`,
    });
  }
  const seconds = (toMs - fromMs) / 1000;
  const stepSeconds = wanted.stepSeconds ?? usualStep(seconds);
  const firstMs = ORIGIN_MS + Math.floor((fromMs - ORIGIN_MS) / 1000 / stepSeconds) * stepSeconds * 1000;
  const points = Math.ceil((toMs - firstMs) / 1000 / stepSeconds);
  if (points > MOST_POINTS) throw tooMany(points, seconds, stepSeconds);
  return { from: isoTime(firstMs), to: isoTime(toMs), stepSeconds, resolution: resolutionOf(stepSeconds) };
}

/** Steps that are whole days are made of days, whole hours of hours. */
export function resolutionOf(stepSeconds: number): Resolution {
  if (stepSeconds % DAY === 0) return 'day';
  return stepSeconds % HOUR === 0 ? 'hour' : 'raw';
}

function usualStep(seconds: number): number {
  return USUAL_STEPS.find((step) => seconds / step <= USUAL_POINTS) ?? MOST_STEP_SECONDS;
}

function tooMany(points: number, seconds: number, stepSeconds: number): AppError {
  const least = Math.ceil(seconds / (MOST_POINTS - 1));
  const fitting = USUAL_STEPS.find((step) => step >= least);
  return new AppError('VALIDATION_ERROR', {
    message: `The range would be ${points} points of ${stepSeconds} seconds; an answer has at most ${MOST_POINTS}.`,
    hint:
      fitting === undefined
        ? `Ask for a shorter range: at most ${(MOST_POINTS * MOST_STEP_SECONDS) / DAY} days.`
        : `Ask for a shorter range, or for stepSeconds ${fitting}.`,
    details: { points, mostPoints: MOST_POINTS, stepSeconds },
  });
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
