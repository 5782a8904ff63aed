import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import type { ChangeCause } from '../../../shared/contract/device-messages.ts';
import { canonicalJson } from '../../../shared/domain/canonical-json.ts';
import type { Step } from '../../../shared/domain/change.ts';
import type { Device } from '../../../shared/domain/device.ts';
import { RolloutOptions } from '../../../shared/domain/plan.ts';
import type { TestPlatform } from '../../support/platform.ts';

/** What a rollout would give a change of these steps: an approved plan whose rows hold them. */
export async function plannedChange(
  platform: TestPlatform,
  { deviceId, name }: Device,
  steps: Step[],
): Promise<ChangeCause & { by: 'plan' }> {
  const planId = `pln_${ulid()}`;
  await platform.database.plans.create({
    planId,
    kind: 'dns_ntp',
    environment: 'lab',
    input: {},
    rollout: RolloutOptions.parse({}),
    comment: '',
    requestedBy: 'olga',
    requestedByName: 'olga@example.test',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    devices: [{ deviceId, name }],
  });
  await platform.database.plans.saveCapture(planId, deviceId, {});
  await platform.database.plans.savePrepared(planId, {
    digest: '0'.repeat(64),
    risk: 'high',
    riskReasons: ['it can cut the way'],
    approvalsNeeded: 1,
    devices: [{ deviceId, status: 'pending', steps, changes: [] }],
  });
  const vote = { by: 'anna', at: new Date().toISOString(), decision: 'approve', via: 'cli', comment: '' } as const;
  await platform.database.plans.patch({ planId, status: 'rolling_out', approvals: [vote] });
  const stepsDigest = createHash('sha256').update(canonicalJson(steps)).digest('hex');
  return { by: 'plan', planId, stepsDigest, direction: 'apply' };
}
