import { Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { CollectedPage, MetricActivities, MetricsPage } from '../../shared/contract/metric-messages.ts';
import { ratesBetween, type CountersSeen } from '../../shared/domain/device-metrics/counter-rates.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { MetricVisit } from '../../shared/platform/persistence/stores/device-metric-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { Visit, VisitDevices } from '../sweep/visit-devices.ts';
import { createKnownMenus, type KnownMenus } from './known-menus.ts';
import { METRIC_MENUS, readDeviceMetrics, type DeviceReading } from './read-device-metrics.ts';

export interface CollectDeps {
  database: Pick<Database, 'cohorts' | 'deviceMetrics' | 'deviceStatus'>;
  visitDevices: VisitDevices;
  metrics: Pick<Metrics, 'deviceMetricVisits'>;
  logger: Pick<Logger, 'error'>;
}

/** Devices of one page, and of what is kept by one transaction: so much is asked again when a process dies. */
const PAGE = 200;
const BATCH = 50;

/** A rate stands for the time since the visit before, so no more than one visit may have been missed in between. */
const MOST_INTERVALS = 2.5;

export function createMetricActivities(deps: CollectDeps): MetricActivities {
  const menus = createKnownMenus();
  return { collectMetrics: (page) => collectPage(deps, menus, page) };
}

interface Progress extends Omit<CollectedPage, 'next'> {
  after: string | null;
}

async function collectPage(deps: CollectDeps, menus: KnownMenus, page: MetricsPage): Promise<CollectedPage> {
  const { cohort, after } = page;
  const context = Context.current();
  const before = context.info.heartbeatDetails as Progress | undefined;
  let progress: Progress = before ?? { after, collected: 0, failed: 0, left: 0 };
  const deviceIds = await deps.database.cohorts.deviceIds({ cohort, after, limit: PAGE });
  const begun = progress.after;
  const rest = deviceIds.filter((deviceId) => begun === null || deviceId > begun);
  for (let index = 0; index < rest.length; index += BATCH) {
    const batch = rest.slice(index, index + BATCH);
    const heartbeat = (): void => context.heartbeat(progress);
    // oxlint-disable-next-line no-await-in-loop -- a batch at a time: the sweep queue is everybody's
    const here = await notAway(deps, batch);
    // oxlint-disable-next-line no-await-in-loop
    const visits = await deps.visitDevices({
      deviceIds: here,
      paths: METRIC_MENUS,
      visit: (router, { deviceId }) => readDeviceMetrics(router, deviceId, menus),
      heartbeat,
      signal: context.cancellationSignal,
    });
    // oxlint-disable-next-line no-await-in-loop
    const counts = await keepVisits(deps, visits, page.intervalSeconds);
    progress = {
      after: batch.at(-1) ?? null,
      collected: progress.collected + counts.visited,
      failed: progress.failed + counts.failed,
      left: progress.left + counts.skipped + batch.length - here.length,
    };
    heartbeat();
  }
  const { collected, failed, left } = progress;
  return { next: deviceIds.length < PAGE ? null : (deviceIds.at(-1) ?? null), collected, failed, left };
}

/** Whoever watches over the fleet's health knows when those that are away are back; asking them costs more than all others. */
async function notAway({ database }: CollectDeps, deviceIds: readonly string[]): Promise<string[]> {
  const statuses = await database.deviceStatus.getMany(deviceIds);
  return deviceIds.filter((deviceId) => statuses.get(deviceId)?.status !== 'unreachable');
}

async function keepVisits(
  { database, metrics, logger }: CollectDeps,
  visits: readonly Visit<DeviceReading>[],
  intervalSeconds: number,
): Promise<Record<Visit<unknown>['is'], number>> {
  const counts = { visited: 0, failed: 0, skipped: 0 };
  const readings: DeviceReading[] = [];
  for (const visit of visits) {
    counts[visit.is] += 1;
    metrics.deviceMetricVisits.inc({ outcome: visit.is });
    if (visit.is === 'visited') readings.push(visit.value);
    // That a router does not answer is for its health to say; trouble of our own is for us.
    if (visit.is === 'failed' && visit.error.code === 'INTERNAL_ERROR') {
      logger.error({ err: visit.error.cause ?? visit.error, deviceId: visit.deviceId }, 'device metrics not collected');
    }
  }
  const before = await database.deviceMetrics.countersOf(readings.map(({ deviceId }) => deviceId));
  const mostSeconds = intervalSeconds * MOST_INTERVALS;
  await database.deviceMetrics.append(
    readings.map((reading) => toVisit(reading, before.get(reading.deviceId), mostSeconds)),
  );
  return counts;
}

function toVisit(
  { counters, ...reading }: DeviceReading,
  before: CountersSeen | undefined,
  mostSeconds: number,
): MetricVisit {
  const areRates = before !== undefined && counters !== null;
  const interfaces = areRates ? ratesBetween({ before, now: counters }, { mostSeconds }) : [];
  return { sample: { ...reading, interfaces }, counters };
}
