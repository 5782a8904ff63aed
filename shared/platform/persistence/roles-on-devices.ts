import { rolesOnEach, rolesOnFleet, type Principal, type Role } from '../../domain/principal.ts';
import type { DeviceStore } from './stores/device-store.ts';

/** Roles held on each of these devices, and so on what is about all of them, such as a plan. */
export async function rolesOnDevices(
  devices: Pick<DeviceStore, 'getMany'>,
  holder: Pick<Principal, 'grants'>,
  deviceIds: readonly string[],
): Promise<Role[]> {
  const everywhere = rolesOnFleet(holder);
  // Most people have one grant, of the whole fleet.
  if (holder.grants.length <= 1 && everywhere.length > 0) return everywhere;
  const found = await devices.getMany(deviceIds);
  // Of one that is not registered no grant can say whether it is meant, unless all are.
  return found.length === new Set(deviceIds).size ? rolesOnEach(holder, found) : everywhere;
}
