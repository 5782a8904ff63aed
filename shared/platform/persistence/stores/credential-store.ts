import { AppError } from '../../../errors/app-error.ts';
import { CredentialEntity } from '../entities/credential-entity.ts';
import { DeviceEntity } from '../entities/device-entity.ts';
import type { Units } from '../units.ts';
import { putCredential } from './credential-row.ts';

/** What is needed to log in to routers, sealed; only its owner's process opens it, with the device id as associated data. */
export interface CredentialStore {
  /** The sealed credential, or null when the device has none. */
  get(deviceId: string): Promise<string | null>;
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
    replace: (deviceId, sealed) =>
      units.transact(async (em) => {
        if ((await em.count(DeviceEntity, { deviceId })) === 0) throw new AppError('DEVICE_NOT_FOUND');
        await putCredential(em, deviceId, sealed);
      }),
  };
}
