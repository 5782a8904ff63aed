import { z } from 'zod';

/** An object of a router that is not as its baseline says. */
export const DriftView = z.looseObject({
  driftId: z.string(),
  deviceId: z.string(),
  deviceName: z.string(),
  state: z.string(),
  menu: z.string(),
  object: z.string(),
  kind: z.string(),
  differences: z.array(z.object({ field: z.string(), baseline: z.string().nullable(), found: z.string().nullable() })),
  foundAt: z.string(),
  author: z.looseObject({ by: z.string(), at: z.string().nullable(), match: z.string() }).nullable(),
  acknowledgement: z.looseObject({ by: z.string(), reason: z.string(), until: z.string() }).nullable(),
});
export type DriftView = z.infer<typeof DriftView>;

export const BaselineView = z.looseObject({
  deviceName: z.string(),
  snapshotId: z.string(),
  asOf: z.string(),
  objects: z.number(),
});

export const DriftPage = z.looseObject({ drift: z.array(DriftView), nextCursor: z.string().optional() });

/** What one comparison found. */
export const CheckedDrift = z.looseObject({
  deviceName: z.string(),
  news: z.number(),
  gone: z.number(),
  open: z.number(),
  drift: z.array(DriftView),
});

export const AcknowledgedDrift = z.looseObject({ drift: z.array(DriftView) });

/** The plan that puts objects back, if there is one, and what it does not put back. */
export const RemediationView = z.looseObject({
  planId: z.string().nullable(),
  planKind: z.string().nullable(),
  restored: z.array(z.string()),
  left: z.array(z.object({ driftId: z.string(), menu: z.string(), object: z.string(), reason: z.string() })),
});
