import { z } from 'zod';
import { type HealthRules, SWEPT_MEASURES, type SweptMeasure } from './health-limits.ts';

/** How a device is, as its checks tell. `unknown`: it was not checked yet, or not for too long. */
export const DEVICE_HEALTH_STATUSES = ['healthy', 'degraded', 'critical', 'unreachable', 'unknown'] as const;
export const DeviceHealthStatus = z.enum(DEVICE_HEALTH_STATUSES);
export type DeviceHealthStatus = z.infer<typeof DeviceHealthStatus>;

const Level = z.enum(['healthy', 'degraded', 'critical']);
type Level = z.infer<typeof Level>;

/** What one check found. */
export type HealthObservation =
  /** It answered; null, or left out, is not measured by this device or not known. */
  | { is: 'answered'; readings: Readonly<Partial<Record<SweptMeasure, number | null>>> }
  /** It answered, but not with what was asked for, such as a refused login. The reason is a sentence of ours. */
  | { is: 'refused'; reason: string }
  /** It shows another certificate than the trusted one, so it may be somebody else. */
  | { is: 'distrusted'; shown: string | null; trusted: string | null }
  | { is: 'silent'; reason: string };

/** What is remembered of a device between two checks. */
export const HealthTrack = z.object({
  status: DeviceHealthStatus,
  /** When the status became this, ISO 8601. */
  since: z.iso.datetime(),
  reasons: z.array(z.string()),
  /** What the last check alone found. */
  found: DeviceHealthStatus,
  /** The level of each measure that is beyond a limit. */
  levels: z.partialRecord(z.enum(SWEPT_MEASURES), Level),
  /** Checks in a row that found it silent, and healthy. */
  silent: z.int(),
  steady: z.int(),
  /**
   * Checks in a row that found it worse than its status, or better; and of what they found that which is nearest to its
   * status, because all of them agree on so much.
   */
  trend: z
    .object({
      towards: z.enum(['worse', 'better']),
      checks: z.int(),
      status: DeviceHealthStatus,
      reasons: z.array(z.string()),
    })
    .nullable(),
  /** When checks found something else than the check before, within the window of flapping, milliseconds since 1970. */
  turns: z.array(z.number()),
  isFlapping: z.boolean(),
  /** The status that endpoints were told last. */
  told: DeviceHealthStatus,
  /** The certificate it shows instead of the trusted one. */
  shown: z.string().nullable(),
});
export type HealthTrack = z.infer<typeof HealthTrack>;

/** Something to tell of a device. */
export type HealthEvent =
  | { type: 'status_changed'; from: DeviceHealthStatus; to: DeviceHealthStatus; reasons: string[] }
  | { type: 'flapping'; isFlapping: boolean; changes: number; withinSeconds: number }
  | { type: 'certificate_changed'; before: string | null; after: string };

export interface HealthStep {
  track: HealthTrack;
  /** What its status was before, when that changed. */
  changedFrom: DeviceHealthStatus | null;
  events: HealthEvent[];
}

/** A device flaps from so many turns within this time on, until so few are left. */
export const FLAPPING = { withinSeconds: 3_600, from: 6, until: 2 } as const;

const RANKS: Record<DeviceHealthStatus, number> = { unknown: 0, healthy: 0, degraded: 1, critical: 2, unreachable: 3 };

/**
 * What a device's status is after one more check. A status changes only when several checks in a row ask for it, except
 * that a device not known yet is healthy at once. While it flaps, changes of its status are not told, only that it flaps;
 * once it is steady, a status that differs from the one told last is. Pure.
 */
export function observeHealth(
  before: HealthTrack | null,
  observation: HealthObservation,
  rules: HealthRules,
  atMs: number,
): HealthStep {
  const last = before ?? firstTrack(atMs);
  const { found, reasons, levels } = assess(observation, last.levels, rules);
  const silent = found === 'unreachable' ? last.silent + 1 : 0;
  const trend = trendOf(last, { status: found, reasons });
  const next = confirmed(last, { found: { status: found, reasons }, silent, trend }, rules);
  const { status } = next;
  const changedFrom = status === last.status ? null : last.status;
  const turns = last.turns.filter((turnMs) => turnMs > atMs - FLAPPING.withinSeconds * 1000 && turnMs <= atMs);
  if (last.found !== 'unknown' && found !== last.found) turns.push(atMs);
  const isFlapping = turns.length >= FLAPPING.from || (last.isFlapping && turns.length > FLAPPING.until);
  const shown = observation.is === 'distrusted' ? observation.shown : observation.is === 'silent' ? last.shown : null;

  const events: HealthEvent[] = [];
  if (isFlapping !== last.isFlapping) {
    events.push({ type: 'flapping', isFlapping, changes: turns.length, withinSeconds: FLAPPING.withinSeconds });
  }
  // A device that turns out well when it is seen for the first time is no news.
  const isNews = status !== last.told && !(last.told === 'unknown' && status === 'healthy');
  const isTold = isNews && !isFlapping;
  if (isTold) events.push({ type: 'status_changed', from: last.told, to: status, reasons: next.reasons });
  if (observation.is === 'distrusted' && shown !== null && shown !== last.shown) {
    events.push({ type: 'certificate_changed', before: observation.trusted, after: shown });
  }
  return {
    changedFrom,
    events,
    track: {
      status,
      since: changedFrom === null ? last.since : new Date(atMs).toISOString(),
      reasons: next.reasons,
      found,
      levels,
      silent,
      steady: found === 'healthy' ? last.steady + 1 : 0,
      trend: changedFrom === null ? trend : null,
      turns: turns.slice(-MOST_TURNS),
      isFlapping,
      told: isTold || (last.told === 'unknown' && !isFlapping) ? status : last.told,
      shown,
    },
  };
}

interface Finding {
  status: DeviceHealthStatus;
  reasons: string[];
}

function trendOf(last: HealthTrack, found: Finding): HealthTrack['trend'] {
  const distance = (status: DeviceHealthStatus): number => RANKS[status] - RANKS[last.status];
  if (distance(found.status) === 0) return null;
  const towards = distance(found.status) > 0 ? 'worse' : 'better';
  const before = last.trend?.towards === towards ? last.trend : null;
  const isNearer = before !== null && Math.abs(distance(before.status)) < Math.abs(distance(found.status));
  const { status, reasons } = isNearer ? before : found;
  return { towards, checks: (before?.checks ?? 0) + 1, status, reasons };
}

/** What the status is now, and why; as it was, with what is found now where that says the same. */
function confirmed(
  last: HealthTrack,
  { found, silent, trend }: { found: Finding; silent: number; trend: HealthTrack['trend'] },
  rules: HealthRules,
): Finding {
  const stays = { status: last.status, reasons: found.status === last.status ? found.reasons : last.reasons };
  if (last.status === 'unknown' && found.status === 'healthy') return found;
  if (trend === null) return stays;
  if (trend.towards === 'better') return trend.checks >= rules.betterAfter ? trend : stays;
  if (silent >= rules.unreachableAfter) return found;
  const isSilentOnly = trend.status === 'unreachable';
  return !isSilentOnly && trend.checks >= rules.worseAfter ? trend : stays;
}

/** More are not needed to tell that it flaps. */
const MOST_TURNS = 50;

/** Whether a check found something that is worth looking at again soon. */
export function isDeviating({ status, found }: HealthTrack): boolean {
  return status !== 'healthy' || found !== 'healthy';
}

/** A device is no longer watched once so many checks in a row found it healthy. */
const STEADY_CHECKS = 3;

/** Whether it is healthy, and was found so often enough that nothing more is to be expected. */
export function isSteady({ status, steady }: HealthTrack): boolean {
  return status === 'healthy' && steady >= STEADY_CHECKS;
}

/** How a device is at a time: past the time until which its last check holds, nobody knows. Pure. */
export function statusAt(
  {
    status,
    since,
    reasons,
    validUntil,
  }: { status: DeviceHealthStatus; since: string; reasons: string[]; validUntil: string | null },
  atMs: number,
): { status: DeviceHealthStatus; since: string; reasons: string[] } {
  if (validUntil === null || atMs <= Date.parse(validUntil)) return { status, since, reasons };
  return { status: 'unknown', since: validUntil, reasons: ['It should have been checked again by then, and was not.'] };
}

function firstTrack(atMs: number): HealthTrack {
  return {
    status: 'unknown',
    since: new Date(atMs).toISOString(),
    reasons: [],
    found: 'unknown',
    levels: {},
    silent: 0,
    steady: 0,
    trend: null,
    turns: [],
    isFlapping: false,
    told: 'unknown',
    shown: null,
  };
}

interface Assessment {
  found: Exclude<DeviceHealthStatus, 'unknown'>;
  reasons: string[];
  levels: HealthTrack['levels'];
}

function assess(observation: HealthObservation, before: HealthTrack['levels'], rules: HealthRules): Assessment {
  if (observation.is === 'silent') return { found: 'unreachable', reasons: [observation.reason], levels: {} };
  if (observation.is === 'refused') return { found: 'critical', reasons: [observation.reason], levels: {} };
  if (observation.is === 'distrusted') {
    return { found: 'critical', reasons: [sayCertificate(observation.shown)], levels: {} };
  }
  const beyond = SWEPT_MEASURES.map((measure) => {
    const value = observation.readings[measure] ?? null;
    return { measure, value, level: levelOf(value, before[measure] ?? 'healthy', rules, measure) };
  })
    .filter(({ level }) => level !== 'healthy')
    .toSorted((one, other) => RANKS[other.level] - RANKS[one.level]);
  return {
    found: beyond[0]?.level ?? 'healthy',
    reasons: beyond.map(({ measure, value, level }) => sayMeasure(measure, value ?? 0, level, rules)),
    levels: Object.fromEntries(beyond.map(({ measure, level }) => [measure, level])),
  };
}

/** A level is reached at its limit and left only when the value is clearly below it. */
function levelOf(value: number | null, before: Level, rules: HealthRules, measure: SweptMeasure): Level {
  if (value === null) return 'healthy';
  const { degraded, critical } = rules.limits[measure];
  const isBeyond = (limit: number, wasBeyond: boolean): boolean => value >= (wasBeyond ? endOf(limit, rules) : limit);
  if (isBeyond(critical, before === 'critical')) return 'critical';
  return isBeyond(degraded, before !== 'healthy') ? 'degraded' : 'healthy';
}

/** Where a level ends that begins at the limit; small limits leave room below them too. */
function endOf(limit: number, { margin }: HealthRules): number {
  return limit - Math.min(margin, limit / 4);
}

const NAMES: Record<SweptMeasure, string> = {
  cpuLoadPercent: 'The CPU load is',
  memoryUsedPercent: 'The memory in use is',
  diskUsedPercent: 'The disk in use is',
  badBlocksPercent: 'Bad blocks of the disk are',
  temperatureCelsius: 'The temperature is',
  failedSupplies: 'Power supplies that do not work:',
};

/** What is no share in percent. */
const UNITS: Partial<Record<SweptMeasure, string>> = { temperatureCelsius: ' °C', failedSupplies: '' };

function sayMeasure(measure: SweptMeasure, value: number, level: Level, rules: HealthRules): string {
  const limit = rules.limits[measure][level === 'critical' ? 'critical' : 'degraded'];
  const unit = UNITS[measure] ?? ' %';
  const rule =
    value >= limit ? `${level} from ${limit}${unit} on` : `${level} until it is below ${endOf(limit, rules)}${unit}`;
  return `${NAMES[measure]} ${value}${unit}; ${rule}.`;
}

function sayCertificate(shown: string | null): string {
  return `It shows a certificate that is not the trusted one${shown === null ? '' : ` (SHA-256 ${shown})`}.`;
}
