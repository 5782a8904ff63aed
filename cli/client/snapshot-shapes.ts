import { z } from 'zod';

/** A kept configuration, without its text. */
export const SnapshotView = z.looseObject({
  snapshotId: z.string(),
  deviceId: z.string(),
  deviceName: z.string(),
  takenAt: z.string(),
  requestedBy: z.string(),
  reason: z.string(),
  version: z.string().nullable(),
  sha256: z.string(),
  lineCount: z.number(),
  isComplete: z.boolean(),
});
export type SnapshotView = z.infer<typeof SnapshotView>;

export const TakenSnapshotView = SnapshotView.extend({ isChanged: z.boolean().nullable() });

export const SnapshotPage = z.looseObject({ snapshots: z.array(SnapshotView), nextCursor: z.string().optional() });

/** A page of a kept configuration: lines, or objects. */
export const SnapshotContent = SnapshotView.extend({
  lines: z.array(z.string()),
  objects: z
    .array(z.looseObject({ menu: z.string(), key: z.string(), values: z.record(z.string(), z.string()) }))
    .optional(),
  total: z.number(),
  nextCursor: z.string().optional(),
});

const DifferenceView = z.looseObject({
  menu: z.string(),
  key: z.string(),
  kind: z.string(),
  fields: z.array(z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  places: z.object({ before: z.number(), after: z.number() }).optional(),
});
export type DifferenceView = z.infer<typeof DifferenceView>;

/** A page of what differs: lines of a unified diff, or objects. */
export const SnapshotDiff = z.looseObject({
  from: SnapshotView,
  to: SnapshotView,
  isEqual: z.boolean(),
  added: z.number(),
  removed: z.number(),
  isAligned: z.boolean(),
  lines: z.array(z.string()),
  differences: z.array(DifferenceView).optional(),
  nextCursor: z.string().optional(),
});
