import type { DeviceFacts, FleetActivities, RolloutRecord } from '../../shared/contract/fleet-activities.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';

type Write = Pick<FleetActivities, 'audit' | 'recordDevices'>;

/** Keeps what a rollout did; the audit first, so that no row says what is not on record. Idempotent. */
export async function recordRollout(
  { plans }: Pick<Database, 'plans'>,
  { audit, recordDevices }: Write,
  { planId, audits, devices, estimatedEndAt }: RolloutRecord,
): Promise<void> {
  await Promise.all(audits.map(audit));
  if (devices.length > 0) await recordDevices(devices);
  await plans.saveEstimate(planId, estimatedEndAt);
}

const SITE = 'site:';

/** Names and sites of the devices. Of several sites the first by name counts, so that it is always the same. */
export async function deviceFacts(
  { devices }: Pick<Database, 'devices'>,
  deviceIds: string[],
): Promise<Record<string, DeviceFacts>> {
  const found = await devices.getMany(deviceIds);
  return Object.fromEntries(
    found.map(({ deviceId, name, tags }) => {
      const [site = null] = tags.filter((tag) => tag.startsWith(SITE)).sort();
      return [deviceId, { name, site }];
    }),
  );
}
