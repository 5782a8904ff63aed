import type { EntityManager } from '@mikro-orm/postgresql';
import { ulid } from 'ulid';
import type { FleetEvent } from '../../../domain/fleet-event.ts';
import { storedJson } from '../stored-text.ts';
import type { Units } from '../units.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** What happened in the fleet; a worker has endpoints told of it soon after. */
export interface FleetEventStore {
  /** Keeps each event once by its key. In a transaction of its own; `insertFleetEvents` is for somebody else's. */
  append(events: readonly FleetEvent[]): Promise<void>;
}

export function createFleetEventStore(units: Units): FleetEventStore {
  return {
    append: (events) => units.transact((em) => insertFleetEvents(em, events)),
  };
}

/** As `FleetEventStore.append`, within a transaction that also writes what the events are about. */
export async function insertFleetEvents(em: EntityManager, events: readonly FleetEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({ event_id: `fev_${ulid(currentMs())}`, ...toRow(event) }));
  await em.execute(
    `insert into fleet_event (event_id, key, type, at, device_id, device_name, environment, tags, details)
     select event_id, key, type, at, device_id, device_name, environment,
       array(select jsonb_array_elements_text(tags)), details
     from jsonb_to_recordset(?::jsonb) as row(
       event_id text, key text, type text, at timestamptz, device_id text, device_name text, environment text,
       tags jsonb, details jsonb)
     -- In one order for everybody: two processes that keep the same events must not wait for each other.
     order by key
     on conflict (key) do nothing`,
    [storedJson(rows)],
  );
}

function toRow({ key, type, at, deviceId, deviceName, environment, tags, details }: FleetEvent) {
  return { key, type, at, device_id: deviceId, device_name: deviceName, environment, tags, details };
}
