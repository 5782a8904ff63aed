import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import {
  observeHealth,
  type HealthEvent,
  type HealthObservation,
  type HealthTrack,
} from '../../shared/domain/device-health.ts';
import type { Device } from '../../shared/domain/device.ts';
import type { FleetEvent } from '../../shared/domain/fleet-event.ts';
import { healthRulesOf } from '../../shared/domain/policy/health-rules.ts';
import type { AppError } from '../../shared/errors/app-error.ts';
import { toPercent } from '../../shared/operations/system/percent.ts';
import { usage } from '../../shared/operations/system/usage.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { CheckedDevice } from '../../shared/platform/persistence/stores/device-status-store.ts';
import type { PolicySource } from '../../shared/platform/policy/policy-source.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import type { Visit, VisitDevices } from './visit-devices.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface CheckDeps {
  database: Pick<Database, 'deviceStatus' | 'deviceMetrics'>;
  visitDevices: VisitDevices;
  policy: PolicySource;
  /** How often what devices measure is collected, seconds; 0: not at all, and what their sensors say is not known. */
  deviceMetricsSeconds: number;
  metrics: Pick<Metrics, 'healthChecks'>;
  log: Pick<Logger, 'error'>;
}

export interface CheckRequest {
  deviceIds: readonly string[];
  who: 'sweep' | 'watch';
  /** How long what is found says how the devices are, seconds. */
  validSeconds: number;
  /** Of a watch: how long it goes on looking after the device, given what it found. */
  watchSecondsAfter?: (track: HealthTrack) => number;
  heartbeat: () => void;
  signal: AbortSignal;
}

/** Of each device that was checked what is remembered now; of the others how it was left. */
export type Checked = Map<string, HealthTrack | 'gone' | 'left'>;

const RESOURCE = '/system/resource';

/** A check takes at most the connection, the headers and the body of one request, and waits a little for its turn, seconds. */
const LEASE_SECONDS = 60;

/** Checks those of the devices that nobody else checks now, with one request each, and keeps what it found. */
export async function checkHealth(deps: CheckDeps, request: CheckRequest): Promise<Checked> {
  const { database, visitDevices, metrics } = deps;
  const { deviceIds, who, validSeconds, watchSecondsAfter } = request;
  const by = randomUUID();
  const tracks = await database.deviceStatus.take({ deviceIds, by, leaseSeconds: LEASE_SECONDS, who });
  const left: Checked = new Map(deviceIds.map((deviceId) => [deviceId, 'left']));
  try {
    const [visits, sensed] = await Promise.all([
      visitDevices({
        deviceIds: [...tracks.keys()],
        paths: [RESOURCE],
        visit: (router: Router) => router.get(RESOURCE),
        heartbeat: request.heartbeat,
        signal: request.signal,
      }),
      sensedBy(deps, [...tracks.keys()]),
    ]);
    const checked: CheckedDevice[] = [];
    for (const visit of visits) {
      const track = tracks.get(visit.deviceId) ?? null;
      const sensors = sensed.get(visit.deviceId) ?? {};
      const one = visit.device === null ? null : assess(deps, { visit, device: visit.device, track, sensors });
      metrics.healthChecks.inc({ outcome: one?.track.found ?? 'left' });
      if (one !== null) checked.push(one);
      left.set(visit.deviceId, one?.track ?? (visit.device === null ? 'gone' : 'left'));
    }
    for (const [watchSeconds, some] of byWatchSeconds(checked, watchSecondsAfter)) {
      await database.deviceStatus.record({
        by,
        checked: some,
        validSeconds,
        ...(watchSeconds === undefined ? {} : { watchSeconds }),
      });
    }
    return left;
  } finally {
    await database.deviceStatus.release({ deviceIds: [...tracks.keys()], by });
  }
}

/** What sensors say; null, or left out, is not known. */
type Sensed = Partial<Record<'temperatureCelsius' | 'failedSupplies', number | null>>;

/** As it was last collected, which costs the routers nothing more; of so long ago that two collections lack, nobody knows. */
async function sensedBy(
  { database, deviceMetricsSeconds }: CheckDeps,
  deviceIds: readonly string[],
): Promise<Map<string, Sensed>> {
  if (deviceMetricsSeconds === 0) return new Map();
  const since = new Date(currentMs() - 2 * deviceMetricsSeconds * 1000).toISOString();
  const latest = await database.deviceMetrics.latest(deviceIds, since, ['device']);
  return new Map(
    latest.map(({ deviceId, values: { temperatureCelsius, failedSupplies } }) => [
      deviceId,
      { temperatureCelsius, failedSupplies },
    ]),
  );
}

function byWatchSeconds(
  checked: readonly CheckedDevice[],
  after: CheckRequest['watchSecondsAfter'],
): Map<number | undefined, CheckedDevice[]> {
  return Map.groupBy(checked, ({ track }) => after?.(track));
}

function assess(
  { policy, log }: CheckDeps,
  {
    visit,
    device,
    track,
    sensors,
  }: { visit: Visit<RouterRecord>; device: Device; track: HealthTrack | null; sensors: Sensed },
): CheckedDevice | null {
  const observation = observationOf(visit, device, sensors);
  if (observation === null) {
    // Trouble of our own says nothing about the device.
    if (visit.is === 'failed')
      log.error({ err: visit.error.cause ?? visit.error, deviceId: device.deviceId }, 'check failed');
    return null;
  }
  const atMs = currentMs();
  const at = new Date(atMs).toISOString();
  const step = observeHealth(track, observation, healthRulesOf(policy.current(), device), atMs);
  return {
    deviceId: device.deviceId,
    at,
    wasSeen: observation.is === 'answered' || observation.is === 'refused',
    track: step.track,
    changedFrom: step.changedFrom,
    events: step.events.map((event) => toFleetEvent(event, device, at)),
  };
}

/** Null: the visit says nothing about the device's health. */
function observationOf(visit: Visit<RouterRecord>, device: Device, sensors: Sensed): HealthObservation | null {
  if (visit.is === 'visited') {
    return { is: 'answered', readings: { ...readingsOf(visit.value), ...sensors } };
  }
  if (visit.is === 'failed') return observationOfFailure(visit.error, device);
  if (visit.why !== 'cooling_down') return null;
  const { failures, lastFailure } = device.breaker;
  return { is: 'silent', reason: `It failed ${failures} times in a row (${lastFailure}) and is left alone for now.` };
}

function readingsOf(resource: RouterRecord) {
  return {
    cpuLoadPercent: toPercent(resource['cpu-load']),
    memoryUsedPercent: usage(resource['free-memory'], resource['total-memory']).usedPercent,
    diskUsedPercent: usage(resource['free-hdd-space'], resource['total-hdd-space']).usedPercent,
    badBlocksPercent: toPercent(resource['bad-blocks']),
  };
}

function observationOfFailure(error: AppError, { tls }: Device): HealthObservation | null {
  if (error.code === 'DEVICE_TLS_MISMATCH') {
    const shown = error.details?.['shownFingerprint256'];
    return {
      is: 'distrusted',
      shown: typeof shown === 'string' ? shown : null,
      trusted: tls.mode === 'pinned' ? tls.fingerprint256 : null,
    };
  }
  if (error.code === 'DEVICE_UNREACHABLE' || error.code === 'DEVICE_TIMEOUT') {
    return { is: 'silent', reason: error.message };
  }
  return error.code.startsWith('DEVICE_') ? { is: 'refused', reason: error.message } : null;
}

function toFleetEvent({ type, ...details }: HealthEvent, device: Device, at: string): FleetEvent {
  const { deviceId, name, environment, tags } = device;
  return {
    type: `device.${type}`,
    key: `device.${type}/${deviceId}/${at}`,
    at,
    deviceId,
    deviceName: name,
    environment,
    tags: [...tags],
    details,
  };
}
