import { z } from 'zod';
import type { Device } from '../../shared/domain/device.ts';
import { SnapshotId } from '../../shared/domain/ids.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { untrusted, Word } from '../../shared/operations/output-fields.ts';

export const SnapshotIdField = SnapshotId.describe('Id of a snapshot ("snp_…"), as list_snapshots gives it');

/** A snapshot as every surface shows it, without its text. */
export const SnapshotShape = z.object({
  snapshotId: z.string(),
  deviceId: z.string(),
  deviceName: z.string(),
  takenAt: z.iso.datetime(),
  requestedBy: z.string(),
  reason: untrusted(500),
  version: Word.nullable(),
  sha256: z.string().describe('Of the text: snapshots with the same one are equal'),
  bytes: z.int(),
  lineCount: z.int(),
  isComplete: z.boolean().describe('False: the router left menus out'),
});

/** A line of a configuration; scripts are one line each. */
export const ConfigurationLine = untrusted(4_000, { keepsLinks: true });

export function shownSnapshot(
  { lines, ...snapshot }: Snapshot,
  { name }: Pick<Device, 'name'>,
): z.input<typeof SnapshotShape> {
  return { ...snapshot, deviceName: name, lineCount: lines };
}
