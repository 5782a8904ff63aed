import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { DeviceHealthStatus, HealthTrack, statusAt } from '../../../domain/device-health.ts';
import type { FleetEvent } from '../../../domain/fleet-event.ts';
import { all } from '../device-filter.ts';
import { storedJson } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { insertFleetEvents } from './fleet-event-store.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** How a device is. A device that was never checked has no record: it is unknown. */
export interface DeviceStatusRecord {
  deviceId: string;
  /** `unknown` also when it should have been checked again by now and was not. */
  status: DeviceHealthStatus;
  since: string;
  /** When it was checked last; null before the first check. */
  checkedAt: string | null;
  /** When it answered last; null when it never did. */
  lastSeenAt: string | null;
  /** Why it is not healthy, in sentences. */
  reasons: string[];
  isFlapping: boolean;
}

export interface DeviceStatusChange {
  deviceId: string;
  at: string;
  before: DeviceHealthStatus;
  after: DeviceHealthStatus;
  reasons: string[];
  isFlapping: boolean;
}

/** What a check came to. */
export interface CheckedDevice {
  deviceId: string;
  at: string;
  /** It answered, over a connection that is trusted. */
  wasSeen: boolean;
  track: HealthTrack;
  /** What its status was before, when that changed. */
  changedFrom: DeviceHealthStatus | null;
  events: readonly FleetEvent[];
}

export interface StatusTake {
  deviceIds: readonly string[];
  /** Names this one check; no other check has it. */
  by: string;
  /** After so many seconds others may take the devices, whatever became of this check. */
  leaseSeconds: number;
  /** `sweep`: devices that a watch of their own looks after are left out. */
  who: 'sweep' | 'watch';
}

export interface StatusRecord {
  by: string;
  checked: readonly CheckedDevice[];
  /** How long the statuses say how the devices are, seconds. */
  validSeconds: number;
  /** Of a watch: for so many seconds more it looks after the device, 0 for no longer. Sweeps leave it out. */
  watchSeconds?: number;
}

/** How the devices of the fleet are, when that changed, and who checks which of them now. */
export interface DeviceStatusStore {
  get(deviceId: string): Promise<DeviceStatusRecord | null>;
  /** By device id; devices that were never checked are absent. */
  getMany(deviceIds: readonly string[]): Promise<Map<string, DeviceStatusRecord>>;
  /** Takes those devices for a check that nobody else checks now; answers what is remembered of each. */
  take(request: StatusTake): Promise<Map<string, HealthTrack | null>>;
  /** Keeps what the checks came to, with what is told of it, and gives the devices back; what was lost meanwhile is left out. */
  record(request: StatusRecord): Promise<void>;
  /** Gives devices back that were not checked; a watch says for how long it goes on looking after them. */
  release(request: { deviceIds: readonly string[]; by: string; watchSeconds?: number }): Promise<void>;
  /** Newest first; the newest 500 of a device are kept. */
  changes(request: { deviceId: string; limit: number; before?: string | undefined }): Promise<DeviceStatusChange[]>;
}

/** Changes kept of a device. */
const KEPT = 500;

export function createDeviceStatusStore(units: Units): DeviceStatusStore {
  const getMany = (deviceIds: readonly string[]): Promise<Map<string, DeviceStatusRecord>> =>
    units.run(async (em) => {
      const rows = await em.execute<StatusRow[]>(
        'select * from device_status where device_id in (select json_array_elements_text(?::json))',
        [JSON.stringify(deviceIds)],
      );
      return new Map(rows.map((row) => [row.device_id, toRecord(row)]));
    });
  return {
    get: async (deviceId) => (await getMany([deviceId])).get(deviceId) ?? null,
    getMany,
    take: (request) => units.run((em) => take(em, request)),
    record: (request) => units.transact((em) => record(em, request)),
    release: ({ deviceIds, by, watchSeconds }) =>
      units.run(async (em) => {
        await em.execute(
          `update device_status set checking_by = null, checking_until = null,
             watched_until = case when ?::int is null then watched_until else now() + make_interval(secs => ?) end
           where checking_by = ? and device_id in (select json_array_elements_text(?::json))`,
          [watchSeconds ?? null, watchSeconds ?? 0, by, JSON.stringify(deviceIds)],
        );
      }),
    changes: ({ deviceId, limit, before }) => {
      const older = before === undefined ? null : { sql: 'at < ?', values: [before] };
      const { sql, values } = all([{ sql: 'device_id = ?', values: [deviceId] }, older]);
      return units.run(async (em) => {
        const rows = await em.execute<ChangeRow[]>(
          `select * from device_status_change where ${sql} order by at desc limit ?`,
          [...values, limit],
        );
        return rows.map(toChange);
      });
    },
  };
}

async function take(em: EntityManager, { deviceIds, by, leaseSeconds, who }: StatusTake) {
  const rows = await em.execute<{ device_id: string; track: unknown }[]>(
    `insert into device_status as known (device_id, status, since, reasons, is_flapping, checking_by, checking_until)
     select device_id, 'unknown', now(), '[]', false, ?, now() + make_interval(secs => ?) from device
       where status <> 'decommissioned' and device_id in (select json_array_elements_text(?::json))
       -- In one order for everybody: two that take the same devices must not wait for each other.
       order by device_id
     on conflict (device_id) do update
       set checking_by = excluded.checking_by, checking_until = excluded.checking_until
       where coalesce(known.checking_until, '-infinity') < now()
         ${who === 'sweep' ? `and coalesce(known.watched_until, '-infinity') < now()` : ''}
     returning device_id, track`,
    [by, leaseSeconds, JSON.stringify(deviceIds)],
  );
  return new Map(rows.map(({ device_id, track }) => [device_id, HealthTrack.nullable().parse(track)]));
}

async function record(em: EntityManager, { by, checked, validSeconds, watchSeconds }: StatusRecord): Promise<void> {
  if (checked.length === 0) return;
  const rows = await em.execute<{ device_id: string }[]>(
    `update device_status as known set
       status = given.track->>'status', since = (given.track->>'since')::timestamptz,
       checked_at = given.at, reasons = given.track->'reasons', track = given.track,
       is_flapping = (given.track->>'isFlapping')::boolean,
       last_seen_at = case when given.was_seen then given.at else known.last_seen_at end,
       valid_until = given.at + make_interval(secs => ?),
       watched_until = case when ?::int is null then known.watched_until else now() + make_interval(secs => ?) end,
       checking_by = null, checking_until = null
     from jsonb_to_recordset(?::jsonb) as given(device_id text, at timestamptz, was_seen boolean, track jsonb)
     where known.device_id = given.device_id and known.checking_by = ?
     returning known.device_id`,
    [
      validSeconds,
      watchSeconds ?? null,
      watchSeconds ?? 0,
      storedJson(
        checked.map(({ deviceId, at, wasSeen, track }) => ({ device_id: deviceId, at, was_seen: wasSeen, track })),
      ),
      by,
    ],
  );
  const kept = new Set(rows.map(({ device_id: deviceId }) => deviceId));
  const own = checked.filter(({ deviceId }) => kept.has(deviceId));
  await closeBreakers(em, own);
  await keepChanges(em, own);
  await insertFleetEvents(
    em,
    own.flatMap(({ events }) => events),
  );
}

/** Its cool-down is over and it answered: who asks next need not try it carefully. An open lane knows by itself. */
async function closeBreakers(em: EntityManager, checked: readonly CheckedDevice[]): Promise<void> {
  const seen = checked.filter(({ wasSeen }) => wasSeen).map(({ deviceId }) => deviceId);
  if (seen.length === 0) return;
  await em.execute(
    `update device set breaker = null, status = case status when 'unreachable' then 'healthy' else status end
     where breaker->>'retryAt' is not null and (breaker->>'retryAt')::timestamptz < now()
       and device_id in (select json_array_elements_text(?::json))`,
    [JSON.stringify(seen)],
  );
}

async function keepChanges(em: EntityManager, checked: readonly CheckedDevice[]): Promise<void> {
  const changed = checked.filter(({ changedFrom }) => changedFrom !== null);
  if (changed.length === 0) return;
  const rows = changed.map(({ deviceId, at, changedFrom, track }) => ({
    device_id: deviceId,
    at,
    before: changedFrom,
    after: track.status,
    reasons: track.reasons,
    is_flapping: track.isFlapping,
  }));
  await em.execute(
    `insert into device_status_change (device_id, at, before, after, reasons, is_flapping)
     select device_id, at, before, after, reasons, is_flapping from jsonb_to_recordset(?::jsonb) as row(
       device_id text, at timestamptz, before text, after text, reasons jsonb, is_flapping boolean)
     on conflict do nothing`,
    [storedJson(rows)],
  );
  await em.execute(
    `delete from device_status_change as old using (
       select device_id, at, row_number() over (partition by device_id order by at desc) as place
       from device_status_change where device_id in (select json_array_elements_text(?::json))) ranked
     where old.device_id = ranked.device_id and old.at = ranked.at and ranked.place > ${KEPT}`,
    [JSON.stringify(changed.map(({ deviceId }) => deviceId))],
  );
}

interface StatusRow {
  device_id: string;
  status: string;
  since: Date | string;
  checked_at: Date | string | null;
  last_seen_at: Date | string | null;
  valid_until: Date | string | null;
  reasons: unknown;
  is_flapping: boolean;
}

function toRecord(row: StatusRow): DeviceStatusRecord {
  const known = {
    status: DeviceHealthStatus.parse(row.status),
    since: toIsoTime(row.since),
    reasons: z.array(z.string()).parse(row.reasons),
    validUntil: toIsoTimeOrNull(row.valid_until),
  };
  return {
    deviceId: row.device_id,
    ...statusAt(known, currentMs()),
    checkedAt: toIsoTimeOrNull(row.checked_at),
    lastSeenAt: toIsoTimeOrNull(row.last_seen_at),
    isFlapping: row.is_flapping,
  };
}

interface ChangeRow {
  device_id: string;
  at: Date | string;
  before: string;
  after: string;
  reasons: unknown;
  is_flapping: boolean;
}

function toChange(row: ChangeRow): DeviceStatusChange {
  return {
    deviceId: row.device_id,
    at: toIsoTime(row.at),
    before: DeviceHealthStatus.parse(row.before),
    after: DeviceHealthStatus.parse(row.after),
    reasons: z.array(z.string()).parse(row.reasons),
    isFlapping: row.is_flapping,
  };
}

function toIsoTimeOrNull(stored: Date | string | null): string | null {
  return stored === null ? null : toIsoTime(stored);
}
