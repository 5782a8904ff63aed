import { AppError } from '../../../errors/app-error.ts';
import { CredentialEntity } from '../entities/credential-entity.ts';
import { DeviceEntity } from '../entities/device-entity.ts';
import type { Units } from '../units.ts';
import { putCredential } from './credential-row.ts';

/** What is needed to log in to routers, sealed; only its owner's process opens it, with the device id as associated data. */
export interface CredentialStore {
  /** The sealed credential, or null when the device has none. */
  get(deviceId: string): Promise<string | null>;
  /** Sealed credentials by device id; devices without one are absent. */
  getMany(deviceIds: readonly string[]): Promise<Map<string, string>>;
  /** Fails with DEVICE_NOT_FOUND when there is no such device. */
  replace(deviceId: string, sealed: string): Promise<void>;
}

export function createCredentialStore(units: Units): CredentialStore {
  return {
    get: (deviceId) =>
      units.run(async (em) => {
        const row = await em.findOne(CredentialEntity, { deviceId });
        return row?.sealed ?? null;
      }),
    getMany: (deviceIds) =>
      units.run(async (em) => {
        const rows = await em.find(CredentialEntity, { deviceId: { $in: [...deviceIds] } });
        return new Map(rows.map(({ deviceId, sealed }) => [deviceId, sealed]));
      }),
    replace: (deviceId, sealed) =>
      units.transact(async (em) => {
        if ((await em.count(DeviceEntity, { deviceId })) === 0) throw new AppError('DEVICE_NOT_FOUND');
        await putCredential(em, deviceId, sealed);
      }),
  };
}
