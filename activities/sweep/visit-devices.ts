import type { Device } from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { open } from '../../shared/platform/encryption/envelope.ts';
import type { Keyring } from '../../shared/platform/encryption/keyring.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { SealedLogin } from '../device/lane-session.ts';
import { openRouter } from '../routeros/open-router.ts';
import type { RouterLimits } from '../routeros/router-target.ts';
import { atMostEvery } from './at-most-every.ts';
import { createTurns } from './create-turns.ts';

export interface VisitDeps {
  database: Pick<Database, 'devices' | 'credentials'>;
  keyring: Keyring;
  /** Devices that are being changed now. */
  changing: () => Promise<ReadonlySet<string>>;
  metrics: Pick<Metrics, 'routerosRequestSeconds'>;
  /** Visits of this process at the same time, whoever asks for them. Default 64. */
  mostAtOnce?: number;
}

export interface VisitRequest<T> {
  deviceIds: readonly string[];
  /** Menus that the visit reads. */
  paths: readonly string[];
  /** One or a few cheap requests; the router refuses writes. */
  visit: (router: Router, device: Device) => Promise<T>;
  /** Visits of this request at the same time. Default 25. */
  concurrency?: number;
  /** Told that visits end, so that the caller can say that it lives; once a second at most, for each passes the whole SDK. */
  heartbeat?: () => void;
  /** Aborted, no further visit begins and the request fails with its reason. */
  signal?: AbortSignal;
}

/**
 * What became of the visit of one device. `skipped`, nothing was sent: it is not registered any more, it is being changed
 * and is left alone, or it failed before and is left alone until its cool-down is over.
 */
export type Visit<T> =
  | { deviceId: string; is: 'visited'; device: Device; value: T }
  | { deviceId: string; is: 'failed'; device: Device; error: AppError }
  | { deviceId: string; is: 'skipped'; why: 'changing' | 'cooling_down'; device: Device }
  | { deviceId: string; is: 'skipped'; why: 'gone'; device: null };

/** Visits devices over connections of their own, beside their lanes; answers in the order of the ids. */
export type VisitDevices = <T>(request: VisitRequest<T>) => Promise<Visit<T>[]>;

/** Nobody waits for a visit, and the next one is near: it is tried once, and not for long. */
const LIMITS: Partial<RouterLimits> = { connectTimeoutMs: 5_000, headersTimeoutMs: 10_000, readBackoffMs: [] };

/** A new TLS connection costs some milliseconds of computing; between two of them reads that people wait for have their turn. */
const SPACING_MS = 8;

/** Whoever waits for heartbeats waits 30 s. */
const HEARTBEAT_MS = 1_000;

export function createVisitDevices(deps: VisitDeps): VisitDevices {
  const inTurn = createTurns({ most: deps.mostAtOnce ?? 64, spacingMs: SPACING_MS });
  return async function visitDevices<T>(request: VisitRequest<T>): Promise<Visit<T>[]> {
    const { deviceIds, concurrency = 25, signal } = request;
    const heartbeat = atMostEvery(HEARTBEAT_MS, request.heartbeat);
    const [devices, sealed, changing] = await Promise.all([
      deps.database.devices.getMany(deviceIds),
      deps.database.credentials.getMany(deviceIds),
      deps.changing(),
    ]);
    const known = new Map(devices.map((device) => [device.deviceId, device]));
    const visitOne = async (deviceId: string): Promise<Visit<T>> => {
      const device = known.get(deviceId);
      const login = sealed.get(deviceId);
      if (!device || login === undefined || device.status === 'decommissioned') {
        return { deviceId, is: 'skipped', why: 'gone', device: null };
      }
      if (changing.has(deviceId)) return { deviceId, is: 'skipped', why: 'changing', device };
      if (device.breaker.state === 'open') return { deviceId, is: 'skipped', why: 'cooling_down', device };
      return inTurn(() => visitRouter(deps, { device, sealed: login }, request));
    };
    const visits: Visit<T>[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let index = next++; index < deviceIds.length; index = next++) {
        signal?.throwIfAborted();
        const visit = await visitOne(deviceIds[index] ?? '');
        visits[index] = visit;
        heartbeat();
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, deviceIds.length) }, work));
    return visits;
  };
}

async function visitRouter<T>(
  { keyring, metrics }: VisitDeps,
  { device, sealed }: { device: Device; sealed: string },
  { paths, visit, signal }: VisitRequest<T>,
): Promise<Visit<T>> {
  const { deviceId, host, restPort, tls } = device;
  try {
    const { username, password } = SealedLogin.parse(JSON.parse(open(keyring, sealed, deviceId)));
    const opened = openRouter({
      deviceId,
      host,
      restPort,
      tls,
      username,
      password,
      limits: LIMITS,
      paths,
      effect: 'read',
      ...(signal === undefined ? {} : { signal }),
      observe: ({ outcome, durationMs }) => metrics.routerosRequestSeconds.observe({ outcome }, durationMs / 1000),
    });
    try {
      return { deviceId, is: 'visited', device, value: await visit(opened.router, device) };
    } finally {
      await opened.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    // One router's oddity must not end the visit of the others.
    return {
      deviceId,
      is: 'failed',
      device,
      error: error instanceof AppError ? error : new AppError('INTERNAL_ERROR', { cause: error }),
    };
  }
}
