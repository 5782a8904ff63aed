import { z } from 'zod';
import { DriftId, DriftKind, DriftState, driftStateOf, type Baseline, type Drift } from '../../shared/domain/drift.ts';
import type { Device } from '../../shared/domain/device.ts';
import { untrusted, Word } from '../../shared/operations/output-fields.ts';
import { driftedFields } from '../../shared/plans/drift/reconcile-drift.ts';

export const DriftIdField = DriftId.describe('Id of a drift ("drf_…"), as list_drift gives it');

const Value = untrusted(1_000, { keepsLinks: true }).nullable();

/** One object that is not as the baseline says, as every surface shows it. Names and values are the router's: data. */
export const DriftShape = z.object({
  driftId: z.string(),
  deviceId: z.string(),
  deviceName: z.string(),
  state: DriftState,
  menu: z.string().describe('Such as "/ip/firewall/filter"'),
  object: untrusted(500, { keepsLinks: true }).describe('Which one of the menu; empty for the settings of a menu'),
  kind: DriftKind.describe('moved: only its place among the others'),
  differences: z
    .array(z.object({ field: Word, baseline: Value, found: Value }))
    .describe('Fields that differ; null where a field is not set or has its default'),
  foundAt: z.iso.datetime(),
  seenAt: z.iso.datetime().describe('When it was last found so'),
  author: z
    .object({
      by: Word.describe('Login on the router'),
      at: z.iso.datetime().nullable().describe("By the router's clock"),
      action: untrusted(200),
      match: z
        .enum(['object', 'menu', 'log'])
        .describe('menu: the newest change there; log: a line of the log that fits; both perhaps of another object'),
    })
    .nullable()
    .describe("By the router's own history or log; null when they do not tell"),
  acknowledgement: z
    .object({ by: z.string(), reason: untrusted(500), at: z.iso.datetime(), until: z.iso.datetime() })
    .nullable(),
  goneAt: z.iso.datetime().nullable(),
  goneBecause: z.enum(['restored', 'baseline']).nullable().describe('baseline: the baseline changed, not the router'),
});

export function shownDrift(drift: Drift, { name }: Pick<Device, 'name'>, nowMs: number): z.input<typeof DriftShape> {
  const { driftId, deviceId, menu, objectKey, kind, before, after, ...rest } = drift;
  const { foundAt, seenAt, author, acknowledgement, goneAt, goneBecause } = rest;
  return {
    driftId,
    deviceId,
    deviceName: name,
    state: driftStateOf(drift, nowMs),
    menu,
    object: objectKey,
    kind,
    differences:
      kind === 'moved'
        ? []
        : driftedFields({ before, after }).map((field) => ({
            field,
            baseline: before?.[field] ?? null,
            found: after?.[field] ?? null,
          })),
    foundAt,
    seenAt,
    author,
    acknowledgement,
    goneAt,
    goneBecause,
  };
}

/** What a device should be, without its content. */
export const BaselineShape = z.object({
  deviceId: z.string(),
  deviceName: z.string(),
  snapshotId: z.string().describe('The snapshot it was taken from; it may be gone by now'),
  asOf: z.iso.datetime().describe('Of the snapshot; plans that ended later have moved the baseline along'),
  setAt: z.iso.datetime(),
  setBy: z.string(),
  reason: untrusted(500),
  planId: z.string().nullable().describe('The plan that gave the device its first baseline; null: a person set it'),
  version: Word.nullable().describe('RouterOS of the snapshot'),
  revision: z.int(),
  objects: z.int(),
  checkedAt: z.iso.datetime().nullable().describe('When the device was last compared with it'),
  checkedVersion: Word.nullable().describe('RouterOS then'),
  checkedWhole: z.boolean().nullable().describe('False: menus that the router left out were not compared'),
});

export function shownBaseline(
  { check, ...baseline }: Baseline,
  { name }: Pick<Device, 'name'>,
): z.input<typeof BaselineShape> {
  return {
    ...baseline,
    deviceName: name,
    checkedAt: check?.at ?? null,
    checkedVersion: check?.version ?? null,
    checkedWhole: check?.isComplete ?? null,
  };
}
