import { policyRefused } from '../../shared/domain/policy/policy-refusal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { PolicySource } from '../../shared/platform/policy/policy-source.ts';
import { fieldsThatProtect, protectedBy } from '../../shared/routeros/protected-objects.ts';
import type { StepGuard } from './steps.ts';

interface ProtectionDeps {
  deviceId: string;
  database: Pick<Database, 'devices'>;
  policy: PolicySource;
}

/** Refuses steps to what the policy protects on the device, as device and policy are at this moment: POLICY_REFUSED. */
export async function protectionOf({ deviceId, database, policy }: ProtectionDeps): Promise<StepGuard> {
  // Anew each time: a lane stays open when the tags of its device change.
  const device = await database.devices.get(deviceId);
  if (device === null) throw new AppError('DEVICE_NOT_FOUND', { details: { deviceId } });
  const rules = policy.current();
  return {
    fields: fieldsThatProtect,
    check(step, found) {
      const refusal = protectedBy(rules, device, step, found);
      if (refusal !== null) throw policyRefused(refusal);
    },
  };
}
