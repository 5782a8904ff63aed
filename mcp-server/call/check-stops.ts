import { stopOver, stopRefusal } from '../../shared/domain/emergency-stop.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { StopStore } from '../../shared/platform/persistence/stores/stop-store.ts';
import type { Action, Target } from './action.ts';

/** What goes on during an emergency stop although it changes something, and why. Every other write is refused. */
export const GOES_ON: Readonly<Record<string, string>> = {
  emergency_stop: 'stops more',
  lift_emergency_stop: 'is how a stop ends',
  pause_rollout: 'writes less',
  abort_rollout: 'writes less',
  skip_devices: 'writes less',
  cancel_plan: 'writes less',
  replan: 'proposes, which reads only',
  rollback_plan: 'puts back what was there, because a person who knows of the stop asks for it',
  register_device: 'reads a router and writes to the registry only',
  update_device: 'writes to the registry only, where devices lose what they may be used for',
  test_device: 'reads a router',
  decommission_device: 'writes to the registry only',
  rotate_device_credentials: 'writes to the registry only',
  take_snapshot: 'reads a router',
  check_drift: 'reads a router',
  set_baseline: 'writes to no router',
  acknowledge_drift: 'writes to no router',
  remediate_drift: 'proposes, which reads only',
  revoke_access: 'takes access away',
  restore_access: 'writes to no router',
  replay_webhook_delivery: 'writes to no router',
};

/** Whether the action asks if writing is stopped. Proposals only read; whether a plan may begin is asked when it begins. */
export function heedsStops({ name, hints, target }: Pick<Action, 'name' | 'hints' | 'target'>): boolean {
  return !hints.readOnly && target.on !== 'fleet' && !Object.hasOwn(GOES_ON, name);
}

/**
 * Fails with EMERGENCY_STOP where somebody has stopped writing, and with SERVICE_UNAVAILABLE when that cannot be read. It
 * is read anew for every write.
 */
export async function refuseStopped(
  stops: Pick<StopStore, 'active'>,
  target: Target,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  // A dry run reads.
  if (input['dryRun'] === true) return;
  const stop = stopOver(await stops.active(), placesOf(target));
  if (stop === null) return;
  const { message, hint, details } = stopRefusal(stop);
  throw new AppError('EMERGENCY_STOP', {
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  });
}

function placesOf(target: Target) {
  switch (target.on) {
    case 'device':
      return [target.device];
    case 'fleet':
      return target.devices;
    case 'plan': {
      const { environment, devices } = target.plan;
      return devices.map(({ deviceId }) => ({ deviceId, environment }));
    }
    default:
      return [];
  }
}
