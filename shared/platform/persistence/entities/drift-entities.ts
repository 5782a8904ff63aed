import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { DriftAcknowledgement, DriftAuthor, DriftKind, DriftValues } from '../../../domain/drift.ts';

/** What a device should be: its configuration as objects, compressed. */
export const DeviceBaselineEntity = defineEntity({
  name: 'DeviceBaseline',
  tableName: 'device_baseline',
  properties: {
    deviceId: p.text().primary(),
    /** That of the device, so that a cohort's baselines are found without looking at all. */
    cohort: p.integer(),
    snapshotId: p.text().collation('C'),
    asOf: p.datetime(),
    setBy: p.text(),
    setAt: p.datetime(),
    reason: p.text(),
    planId: p.text().collation('C').strictNullable(),
    version: p.text().strictNullable(),
    isComplete: p.boolean(),
    content: p.blob(),
    objects: p.integer(),
    revision: p.integer(),
    /** How it was last compared with the device. */
    checked: p.json<unknown>().columnType('json').strictNullable(),
  },
  indexes: [{ name: 'device_baseline_cohort_index', properties: ['cohort', 'deviceId'] }],
});
export type DeviceBaselineEntity = InferEntity<typeof DeviceBaselineEntity>;

/** What a plan has changed of a device's baseline, so that it can be taken back with the plan. */
export const BaselineMoveEntity = defineEntity({
  name: 'BaselineMove',
  tableName: 'baseline_move',
  properties: {
    deviceId: p.text().primary(),
    planId: p.text().collation('C').primary(),
    moved: p.json<unknown>().columnType('json'),
    movedAt: p.datetime(),
  },
});
export type BaselineMoveEntity = InferEntity<typeof BaselineMoveEntity>;

/** One object of a device that is not as its baseline says, or was not. */
export const DriftEntity = defineEntity({
  name: 'Drift',
  tableName: 'drift',
  properties: {
    driftId: p.text().collation('C').primary(),
    deviceId: p.text(),
    menu: p.text(),
    objectKey: p.text(),
    kind: p.text().$type<DriftKind>(),
    before: p.json<DriftValues>().columnType('json').strictNullable(),
    after: p.json<DriftValues>().columnType('json').strictNullable(),
    foundAt: p.datetime(),
    seenAt: p.datetime(),
    author: p.json<DriftAuthor>().columnType('json').strictNullable(),
    acknowledgement: p.json<DriftAcknowledgement>().columnType('json').strictNullable(),
    goneAt: p.datetime().strictNullable(),
    goneBecause: p.text().$type<'restored' | 'baseline'>().strictNullable(),
  },
  indexes: [
    { name: 'drift_device_index', properties: ['deviceId', 'driftId'] },
    { name: 'drift_gone_index', properties: ['goneAt'] },
  ],
});
export type DriftEntity = InferEntity<typeof DriftEntity>;
