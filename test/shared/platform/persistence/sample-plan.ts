import { ulid } from 'ulid';
import { RolloutOptions } from '../../../../shared/domain/plan.ts';
import type { Device } from '../../../../shared/domain/device.ts';
import type { NewPlan } from '../../../../shared/platform/persistence/stores/plan-store.ts';

/** A plan for these devices, in this order. */
export function samplePlan(devices: readonly Device[], given: Partial<NewPlan> = {}): NewPlan {
  return {
    planId: `pln_${ulid()}`,
    kind: 'dns_ntp',
    input: { dnsServers: ['192.0.2.53'] },
    environment: 'lab',
    rollout: RolloutOptions.parse({}),
    requestedBy: 'operator@convoy.test',
    requestedByName: 'Olga Operator',
    comment: 'new resolvers',
    expiresAt: '2031-01-01T00:00:00.000Z',
    devices: devices.map(({ deviceId, name }) => ({ deviceId, name })),
    ...given,
  };
}
