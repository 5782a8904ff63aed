import type { EntityManager } from '@mikro-orm/postgresql';
import { StopScope, type EmergencyStop } from '../../../domain/emergency-stop.ts';
import type { Environment } from '../../../domain/environment.ts';
import type { FleetEventDetails } from '../../../domain/fleet-event.ts';
import { AppError } from '../../../errors/app-error.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { insertFleetEvents } from './fleet-event-store.ts';
import { currentIso } from '../../process/platform-clock.ts';

/** Emergency stops: who said that nothing new is to be written where, and who took that back. */
export interface StopStore {
  /** From the moment this is done the stop holds. Repeated with the same id it changes nothing. */
  place(stop: NewStop): Promise<EmergencyStop>;
  /** The stop as it then is; one that is lifted already stays as it was. Fails with STOP_NOT_FOUND. */
  lift(stopId: string, lift: { by: string; byName: string; reason: string }): Promise<EmergencyStop>;
  get(stopId: string): Promise<EmergencyStop | null>;
  /** The stops that hold now, oldest first. */
  active(): Promise<EmergencyStop[]>;
  /** Also lifted ones, newest first. */
  list(request: { limit: number; before?: string | undefined }): Promise<EmergencyStop[]>;
  /** Those of the last week that the audit does not know, a minute after they were placed at the earliest; oldest first. */
  unrecorded(): Promise<EmergencyStop[]>;
  /** Plans of which devices in the scope are being rolled out now. */
  runningPlans(scope: StopScope): Promise<string[]>;
}

export type NewStop = Pick<EmergencyStop, 'stopId' | 'scope' | 'reason' | 'placedBy' | 'placedByName'>;

export function createStopStore(units: Units): StopStore {
  const rows = (rest: string, values: readonly unknown[] = []): Promise<EmergencyStop[]> =>
    units.run(async (em) => {
      const found = await em.execute<StopRow[]>(`${SELECT} ${rest}`, [...values]);
      return found.map(toStop);
    });
  const get = async (stopId: string): Promise<EmergencyStop | null> =>
    (await rows('where stop_id = ?', [stopId]))[0] ?? null;
  const demand = async (stopId: string): Promise<EmergencyStop> => {
    const stop = await get(stopId);
    if (stop === null) throw new AppError('STOP_NOT_FOUND', { details: { stopId } });
    return stop;
  };

  return {
    get,
    active: () => rows('where lifted_at is null order by placed_at, stop_id'),
    list: ({ limit, before }) =>
      before === undefined
        ? rows('order by stop_id desc limit ?', [limit])
        : rows('where stop_id < ? order by stop_id desc limit ?', [before, limit]),
    unrecorded: () =>
      rows(
        `where placed_at between now() - interval '7 days' and now() - interval '1 minute'
           and not exists (select from audit_event where key = 'call/' || substr(stop_id, length('stp_') + 1))
         order by placed_at, stop_id limit 100`,
      ),
    async place({ stopId, scope, reason, placedBy, placedByName }) {
      await units.transact(async (em) => {
        const added = await em.execute<unknown[]>(
          `insert into emergency_stop (stop_id, environment, device_id, reason, placed_by, placed_by_name, placed_at)
           values (?, ?, ?, ?, ?, ?, clock_timestamp()) on conflict (stop_id) do nothing returning stop_id`,
          [stopId, environmentOf(scope), deviceOf(scope), storedText(reason), placedBy, storedText(placedByName)],
        );
        if (added.length > 0) await tell(em, 'emergency.stopped', { stopId, by: placedByName, reason });
      });
      return demand(stopId);
    },
    async lift(stopId, { by, byName, reason }) {
      await units.transact(async (em) => {
        const lifted = await em.execute<unknown[]>(
          `update emergency_stop set lifted_at = clock_timestamp(), lifted_by = ?, lifted_by_name = ?, lift_reason = ?
           where stop_id = ? and lifted_at is null returning stop_id`,
          [by, storedText(byName), storedText(reason), stopId],
        );
        if (lifted.length > 0) await tell(em, 'emergency.lifted', { stopId, by: byName, reason });
      });
      return demand(stopId);
    },
    runningPlans: (scope) =>
      units.run(async (em) => {
        const found = await em.execute<{ plan_id: string }[]>(
          `select plan_id from plan where status = 'rolling_out' ${WITHIN[scope.on]} order by plan_id`,
          [environmentOf(scope) ?? deviceOf(scope)].filter((value) => value !== null),
        );
        return found.map((row) => row.plan_id);
      }),
  };
}

/** Has endpoints told of a stop in the transaction that places or lifts it. */
async function tell(
  em: EntityManager,
  type: 'emergency.stopped' | 'emergency.lifted',
  { stopId, by, reason }: { stopId: string; by: string; reason: string },
): Promise<void> {
  const [row] = await em.execute<TellingRow[]>(
    `select stop.environment, stop.device_id, device.name, device.environment as device_environment, device.tags
     from emergency_stop stop left join device using (device_id) where stop_id = ?`,
    [stopId],
  );
  if (row === undefined) return;
  const { environment, device_id: deviceId, name } = row;
  const scope =
    deviceId !== null ? (name ?? deviceId) : environment !== null ? `environment ${environment}` : 'the fleet';
  const details = { stopId, scope, reason, by } satisfies FleetEventDetails[typeof type];
  await insertFleetEvents(em, [
    {
      type,
      key: `${type}/${stopId}`,
      at: currentIso(),
      deviceId,
      deviceName: name,
      environment: environment ?? row.device_environment,
      tags: row.tags ?? [],
      details,
    },
  ]);
}

interface TellingRow {
  environment: Environment | null;
  device_id: string | null;
  name: string | null;
  device_environment: Environment | null;
  tags: string[] | null;
}

/** Which plans a stop of each kind touches; a plan's devices are all of its environment. */
const WITHIN = {
  all: '',
  environment: 'and environment = ?',
  device: 'and plan_id in (select plan_id from plan_device where device_id = ?)',
} as const satisfies Record<StopScope['on'], string>;

const SELECT = `select emergency_stop.*, (select name from device where device.device_id = emergency_stop.device_id)
  as device_name from emergency_stop`;

interface StopRow {
  stop_id: string;
  environment: string | null;
  device_id: string | null;
  device_name: string | null;
  reason: string;
  placed_by: string;
  placed_by_name: string;
  placed_at: Date | string;
  lifted_at: Date | string | null;
  lifted_by: string | null;
  lifted_by_name: string | null;
  lift_reason: string | null;
}

function environmentOf(scope: StopScope): string | null {
  return scope.on === 'environment' ? scope.environment : null;
}

function deviceOf(scope: StopScope): string | null {
  return scope.on === 'device' ? scope.deviceId : null;
}

function toStop(row: StopRow): EmergencyStop {
  return {
    stopId: row.stop_id,
    scope: StopScope.parse(
      row.device_id !== null
        ? { on: 'device', deviceId: row.device_id }
        : row.environment !== null
          ? { on: 'environment', environment: row.environment }
          : { on: 'all' },
    ),
    deviceName: row.device_name,
    reason: row.reason,
    placedBy: row.placed_by,
    placedByName: row.placed_by_name,
    placedAt: toIsoTime(row.placed_at),
    liftedAt: row.lifted_at === null ? null : toIsoTime(row.lifted_at),
    liftedBy: row.lifted_by,
    liftedByName: row.lifted_by_name,
    liftReason: row.lift_reason,
  };
}
