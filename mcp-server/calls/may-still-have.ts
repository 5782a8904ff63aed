import { z } from 'zod';
import type { Principal } from '../../shared/domain/principal.ts';
import { rolesOnDevices } from '../../shared/platform/persistence/roles-on-devices.ts';
import type { StoredCall } from '../../shared/platform/persistence/stores/call-store.ts';
import type { Action } from '../call/action.ts';
import { lacksRole, lacksScope } from '../call/authorize.ts';
import type { resolvePlan } from '../call/resolve-plan.ts';

/** The devices an answer tells of one by one. */
const TellsOfDevices = z.object({ devices: z.array(z.object({ deviceId: z.string() })) });

/**
 * Whether who made the call could make it now: an answer is kept for longer than a person may have a role, a token its scopes
 * or a device its tags.
 */
export async function mayStillHave(
  { devices, plans }: Parameters<typeof resolvePlan>[0],
  principal: Principal,
  { action, call: { deviceId, planId, answer } }: { action: Action | undefined; call: StoredCall },
): Promise<boolean> {
  if (action === undefined || lacksRole(action, principal) || lacksScope(action, principal)) return false;
  const plan = planId === null ? null : await plans.get(planId);
  const told = TellsOfDevices.safeParse(answer?.output).data?.devices ?? [];
  const deviceIds = [...told, ...(plan?.devices ?? [])].map((device) => device.deviceId);
  const about = deviceId === null ? deviceIds : [deviceId, ...deviceIds];
  if (about.length === 0) return true;
  return (await rolesOnDevices(devices, principal, { deviceIds: about, wanted: action.roles })).length > 0;
}
