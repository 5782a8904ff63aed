import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** A router's configuration at one moment; the text is another row, because equal ones share it. */
export const SnapshotEntity = defineEntity({
  name: 'Snapshot',
  tableName: 'snapshot',
  properties: {
    snapshotId: p.text().collation('C').primary(),
    deviceId: p.text(),
    sha256: p.text(),
    takenAt: p.datetime(),
    requestedBy: p.text(),
    reason: p.text(),
    version: p.text().strictNullable(),
    isComplete: p.boolean(),
  },
  indexes: [
    { name: 'snapshot_device_index', properties: ['deviceId', 'snapshotId'] },
    { name: 'snapshot_sha256_index', properties: ['sha256'] },
  ],
});
export type SnapshotEntity = InferEntity<typeof SnapshotEntity>;

/** The text of snapshots, named by its hash. */
export const SnapshotTextEntity = defineEntity({
  name: 'SnapshotText',
  tableName: 'snapshot_text',
  properties: {
    sha256: p.text().primary(),
    gzip: p.blob(),
    bytes: p.integer(),
    lines: p.integer(),
  },
});
export type SnapshotTextEntity = InferEntity<typeof SnapshotTextEntity>;
