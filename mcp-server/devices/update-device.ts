import { z } from 'zod';
import { CAPABILITY_FLAGS, DeviceTag, type CapabilityFlag } from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef } from '../call/input-fields.ts';
import { DeviceShape } from './device-shape.ts';

const Flags = z.strictObject(
  Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, z.boolean().optional()])) as Record<
    CapabilityFlag,
    z.ZodOptional<z.ZodBoolean>
  >,
);

const UpdateDeviceInput = z.strictObject({
  deviceId: DeviceRef,
  flags: Flags.optional().describe('Flags to set; the others stay'),
  tags: z.array(DeviceTag).max(32).optional().describe('All tags; replaces the present ones'),
  lane: z
    .strictObject({
      maxInFlight: z.int().min(1).max(3).optional(),
      requestsPerSecond: z.number().min(0.5).max(50).optional(),
    })
    .optional()
    .describe('Limits in front of the router to set; the others stay'),
});

/** Changes what an administrator may change of a registered router; the environment is fixed at registration. */
export function updateDeviceAction(devices: Pick<DeviceStore, 'setFlags' | 'setTags' | 'setLane'>): Action {
  return defineAction({
    name: 'update_device',
    title: 'Update a device',
    description: "Sets a registered router's capability flags, tags and limits.",
    phase: 0,
    roles: ['admin'],
    scopes: ['fleet:admin'],
    surfaces: ['http'],
    hints: { readOnly: false, destructive: false, idempotent: true },
    audited: true,
    input: UpdateDeviceInput,
    output: DeviceShape,
    target: { on: 'device', flags: [] },
    async dispatch({ input: { flags, tags, lane }, target }) {
      if (flags === undefined && tags === undefined && lane === undefined) {
        throw new AppError('VALIDATION_ERROR', { message: 'Nothing to change: give flags, tags or lane.' });
      }
      const { deviceId } = target.device;
      let { device } = target;
      if (flags !== undefined) device = await devices.setFlags(deviceId, flags);
      if (tags !== undefined) device = await devices.setTags(deviceId, tags);
      if (lane !== undefined) device = await devices.setLane(deviceId, lane);
      return { output: device };
    },
    summarize: ({ name }) => `${name} is updated.`,
  });
}
