import type { Device } from '../../../domain/device.ts';
import { all } from '../device-filter.ts';
import { DeviceEntity } from '../entities/device-entity.ts';
import type { Units } from '../units.ts';
import { toDevice } from './device-row.ts';

/** The registry as a whole, for processes that keep a copy of it. */
export interface RegistryStore {
  /**
   * Devices in the order of their last change, decommissioned ones among them: those changed at or after a time, behind the
   * last one of the page before. What a router's failures change is no change of its record.
   */
  changed(request: ChangedDevices): Promise<Device[]>;
}

export interface ChangedDevices {
  /** Null: all of them. */
  since: Date | null;
  limit: number;
  after?: Pick<Device, 'updatedAt' | 'deviceId'> | undefined;
}

export function createRegistryStore(units: Units): RegistryStore {
  return {
    changed: ({ since, limit, after }) => {
      const fresh = since === null ? null : { sql: 'updated_at >= ?', values: [since] };
      const behind =
        after === undefined
          ? null
          : { sql: '(updated_at, device_id) > (?, ?)', values: [new Date(after.updatedAt), after.deviceId] };
      const wanted = all([fresh, behind]);
      const order = { updatedAt: 'asc', deviceId: 'asc' } as const;
      return units.run(async (em) => {
        const rows = await em.qb(DeviceEntity).where(wanted.sql, wanted.values).orderBy(order).limit(limit).getResult();
        return rows.map(toDevice);
      });
    },
  };
}
