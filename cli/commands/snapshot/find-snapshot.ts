import { CliError } from '../../client/cli-error.ts';
import type { ConvoyClient } from '../../client/convoy-client.ts';

/**
 * The id that is meant: an id itself, or of a device, by id or name, the newest snapshot; `place` 1 is the one before it.
 * Fails with SNAPSHOT_NOT_FOUND when the device has too few.
 */
export async function findSnapshot(client: ConvoyClient, ref: string, place = 0): Promise<string> {
  if (ref.startsWith('snp_')) return ref;
  const { snapshots } = await client.listSnapshots({ deviceId: ref, limit: String(place + 1) });
  const found = snapshots[place];
  if (found !== undefined) return found.snapshotId;
  throw new CliError('SNAPSHOT_NOT_FOUND', `Of ${ref} ${snapshots.length} configurations are kept.`, {
    hint: `Run "convoy snapshot take ${ref}".`,
  });
}
