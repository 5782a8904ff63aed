import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { Change, Step } from '../../../domain/change.ts';
import type { PlanDeviceStatus } from '../../../domain/plan.ts';
import type { ErrorBody } from '../../../errors/app-error.ts';

/** A device's part of a plan: what was captured, what will be written, how far it is. */
export const PlanDeviceEntity = defineEntity({
  name: 'PlanDevice',
  tableName: 'plan_device',
  properties: {
    planId: p.text().collation('C').primary(),
    deviceId: p.text().primary(),
    /** Place in the rollout order, from 0. */
    position: p.integer(),
    name: p.text(),
    status: p.text().$type<PlanDeviceStatus>(),
    wave: p.integer(),
    captured: p.json<unknown>().columnType('json').nullable(),
    /** This and `changes` are null until the plan is prepared. */
    steps: p.json<Step[]>().columnType('json').strictNullable(),
    changes: p.json<Change[]>().columnType('json').strictNullable(),
    error: p.json<ErrorBody>().columnType('json').strictNullable(),
    /** Taken before the plan's first write to the device. */
    snapshotId: p.text().collation('C').strictNullable(),
    /** Indices of the steps that the plan wrote or was about to write, ascending; null when that is not known. */
    writtenSteps: p.json<number[]>().columnType('json').strictNullable(),
    /** When the plan's last work on the device ended. */
    settledAt: p.datetime().strictNullable(),
  },
  uniques: [{ name: 'plan_device_position_unique', properties: ['planId', 'position'] }],
  indexes: [
    { name: 'plan_device_device_index', properties: ['deviceId'] },
    { name: 'plan_device_snapshot_index', properties: ['snapshotId'], where: 'snapshot_id is not null' },
  ],
});
export type PlanDeviceEntity = InferEntity<typeof PlanDeviceEntity>;
