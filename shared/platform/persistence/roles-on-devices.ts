import { rolesAcross, rolesOnFleet, type Principal, type Role } from '../../domain/principal.ts';
import type { DeviceStore } from './stores/device-store.ts';

/** `rolesAcross` of registered devices, and so of what is about all of them, such as a plan. */
export async function rolesOnDevices(
  devices: Pick<DeviceStore, 'getMany'>,
  holder: Pick<Principal, 'grants'>,
  { deviceIds, wanted }: { deviceIds: readonly string[]; wanted: readonly Role[] },
): Promise<Role[]> {
  const everywhere = rolesOnFleet(holder).filter((role) => wanted.includes(role));
  // Most people have one grant, of the whole fleet.
  if (everywhere.length > 0 || holder.grants.length === 0) return everywhere;
  const found = await devices.getMany(deviceIds);
  // Of one that is not registered no grant can say whether it is meant, unless all are.
  return found.length === new Set(deviceIds).size ? rolesAcross(holder, found, wanted) : [];
}
