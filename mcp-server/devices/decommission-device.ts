import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import { deviceTag } from '../../shared/platform/persistence/device-tag.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Comment, DeviceRef } from '../call/input-fields.ts';
import { DeviceShape } from './device-shape.ts';

export interface DecommissionDeviceDeps {
  devices: Pick<DeviceStore, 'decommission' | 'reinstate' | 'retire'>;
  fleet: Pick<FleetClient, 'isChanging'>;
}

/** Ends the platform's use of a router for good. Nothing is written to the router itself. */
export function decommissionDeviceAction({ devices, fleet }: DecommissionDeviceDeps): Action {
  return defineAction({
    name: 'decommission_device',
    title: 'Decommission a device',
    description:
      'Ends the use of a router: its stored credentials are destroyed, every call about it is refused from then on, and its ' +
      'name may be given to another. Its record and history stay. Refused while an open plan or a running change names it.',
    toolset: 'fleet',
    isCore: false,
    rate: 'admin',
    phase: 0,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: true, idempotent: true },
    audited: true,
    input: z.strictObject({ deviceId: DeviceRef, comment: Comment }),
    output: DeviceShape,
    // Repeated, it completes one that was cut off.
    target: { on: 'device', flags: [], evenDecommissioned: true },
    isVersioned: true,
    async dispatch({ target: { device }, precondition }) {
      const { deviceId, status } = device;
      // In this order: a change that starts from here on finds the device decommissioned, one that runs already is seen.
      await devices.decommission(deviceId, precondition);
      if (await fleet.isChanging(deviceId)) {
        if (status !== 'decommissioned') await devices.reinstate(deviceId, status);
        throw new AppError('DEVICE_IN_USE', {
          message: `A change is running on ${device.name}; nothing was done.`,
          hint: 'Wait for it to end.',
          details: { deviceId },
        });
      }
      const retired = await devices.retire(deviceId);
      return { output: retired, tag: deviceTag(retired) };
    },
    summarize: ({ name }) => `${name} is decommissioned.`,
  });
}
