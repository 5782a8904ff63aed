import type { Device } from '../shared/domain/device.ts';
import type { Database } from '../shared/platform/persistence/database.ts';

/** What a lane was opened with. */
export interface Opened {
  device: Device;
  sealed: string;
  /** The record for which the credential was looked at last. */
  checkedAt: string;
  /** Somebody knows already that the settings changed. */
  mustReopen: () => boolean;
  /** Aborted when this lane was found not to be its device's newest. */
  fenced: AbortSignal;
  /** Whether something since the last time was as if they had. */
  takeDoubt: () => boolean;
}

/** Thousands of lanes look: a credential is replaced with its device's record, so that one look at the record is enough. */
export async function hasChanged(
  { devices, credentials }: Pick<Database, 'devices' | 'credentials'>,
  opened: Opened,
): Promise<boolean> {
  const { device, sealed, checkedAt } = opened;
  const now = await devices.get(device.deviceId);
  if (now === null || settingsOf(now) !== settingsOf(device)) return true;
  if (now.updatedAt === checkedAt) return false;
  if ((await credentials.get(device.deviceId)) !== sealed) return true;
  opened.checkedAt = now.updatedAt;
  return false;
}

function settingsOf(device: Device): string {
  const { host, restPort, sshPort, sshHostKey, tls, lane, status } = device;
  return JSON.stringify({ host, restPort, sshPort, sshHostKey, tls, lane, isGone: status === 'decommissioned' });
}
