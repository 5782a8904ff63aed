import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ScheduleRow } from '../shared/contract/schedules.ts';
import type { FleetCountStore } from '../shared/platform/persistence/stores/fleet-count-store.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';

export interface WatchFleetOptions {
  counts: FleetCountStore;
  /**
   * When a schedule's newest run that succeeded ended, milliseconds since 1970; before the first, when the schedule was made.
   * Null when there is no such schedule.
   */
  lastSuccess: (scheduleId: string) => Promise<number | null>;
  schedules: readonly ScheduleRow[];
  metrics: Pick<
    Metrics,
    'plansOpen' | 'devices' | 'breakersOpen' | 'auditUnanchored' | 'auditAnchored' | 'scheduleSuccess' | 'scheduleEvery'
  >;
  log: Pick<Logger, 'warn'>;
  /** Between two looks at the database. Default 15 000. */
  everyMs?: number;
  /** Between two looks at the schedules. Default 60 000. */
  schedulesEveryMs?: number;
}

export interface FleetWatch {
  /** Looks at once. */
  look(): Promise<void>;
  close(): void;
}

/** Keeps the gauges of the whole fleet up to date. Every worker does, so that whoever reads them takes the greatest. */
export function watchFleet(options: WatchFleetOptions): FleetWatch {
  const { counts, metrics, log, everyMs = 15_000, schedulesEveryMs = 60_000 } = options;
  let isClosed = false;
  const orSay = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      if (!isClosed) log.warn({ err: error }, 'fleet not counted');
    });
  const count = async (): Promise<void> => {
    const { plans, devices, breakersOpen, audit } = await counts.count();
    for (const [status, number] of plans) metrics.plansOpen.set({ status }, number);
    for (const [status, number] of devices) metrics.devices.set({ status }, number);
    metrics.breakersOpen.set(breakersOpen);
    metrics.auditUnanchored.set(audit.unanchored);
    if (audit.anchoredAtSeconds !== null) metrics.auditAnchored.set(audit.anchoredAtSeconds);
  };
  const lookAtSchedules = () => oldestSuccesses(options);
  const timers = [
    setInterval(() => void orSay(count()), everyMs).unref(),
    setInterval(() => void orSay(lookAtSchedules()), schedulesEveryMs).unref(),
  ];
  return {
    look: async () => {
      await Promise.all([orSay(count()), orSay(lookAtSchedules())]);
    },
    close() {
      isClosed = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** A schedule per cohort counts as one: as old as the cohort whose success is the longest ago. */
async function oldestSuccesses({ schedules, lastSuccess, metrics }: WatchFleetOptions): Promise<void> {
  const groups = Map.groupBy(
    schedules.filter(({ when }) => when !== null),
    ({ scheduleId }) => scheduleId.split('/')[0] ?? scheduleId,
  );
  for (const [schedule, rows] of groups) {
    metrics.scheduleEvery.set({ schedule }, everySeconds(rows[0]));
    // oxlint-disable-next-line no-await-in-loop -- one after another: nobody waits for it, and Temporal has other work
    const times = await inTurn(rows, ({ scheduleId }) => lastSuccess(scheduleId));
    const known = times.filter((time) => time !== null);
    // A cohort that is not there is as old as can be, once another one is.
    if (known.length > 0)
      metrics.scheduleSuccess.set({ schedule }, known.length < rows.length ? 0 : Math.min(...known) / 1000);
  }
}

async function inTurn<In, Out>(list: readonly In[], ask: (one: In) => Promise<Out>): Promise<Out[]> {
  const answers: Out[] = [];
  // oxlint-disable-next-line no-await-in-loop -- as above
  for (const one of list) answers.push(await ask(one));
  return answers;
}

const DAY_SECONDS = 86_400;

/** What is written as times of day runs daily, as far as anybody watches. */
function everySeconds(row: ScheduleRow | undefined): number {
  const { when = null } = row ?? {};
  return when !== null && 'everySeconds' in when ? when.everySeconds : DAY_SECONDS;
}

/** Asks Temporal's list of workflows, in which the newest that ended stands first. */
export function createLastSuccess(client: Client): WatchFleetOptions['lastSuccess'] {
  return async (scheduleId) => {
    const query = `TemporalScheduledById = '${scheduleId}' and ExecutionStatus = 'Completed'`;
    for await (const { closeTime } of client.workflow.list({ query, pageSize: 1 })) return closeTime?.getTime() ?? null;
    return whenMade(client, scheduleId);
  };
}

/** A new deployment is behind with nothing: the cohorts of a daily schedule take a day to have run once each. */
async function whenMade(client: Client, scheduleId: string): Promise<number | null> {
  try {
    const { info } = await client.schedule.getHandle(scheduleId).describe();
    return info.createdAt.getTime();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
