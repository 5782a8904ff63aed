import { expect, test } from 'vitest';
import { capturePlanSnapshotAtOnce } from '../../../activities/device/capture-snapshot.ts';
import type { StepState } from '../../../shared/contract/device-messages.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Router } from '../../../shared/routeros/router.ts';

const REQUEST = { planId: 'pln_1', deviceId: 'dev_1', snapshotId: 'snp_new' };
const BEFORE: StepState = { is: 'before' };
const AFTER: StepState = { is: 'after' };
const FOREIGN: StepState = { is: 'foreign', found: {} };

/** A device of which a plan has an earlier snapshot, and how often it was exported. */
function device({ fails = false } = {}) {
  const asked = { exports: 0 };
  const exportConfiguration = async () => {
    asked.exports += 1;
    if (fails) throw new AppError('DEVICE_PERMISSION_DENIED');
    return { text: '# 2026-11-27 10:00:00 by RouterOS 7.20.8\n/ip dns set servers=1.1.1.1\n', door: 'rest' as const };
  };
  const earlier = { snapshotId: 'snp_earlier', sha256: 'e'.repeat(64) };
  const snapshots = {
    get: async () => null,
    save: async () => ({ sha256: 'n'.repeat(64) }),
    ofPlan: async () => ({ kind: 'dns_ntp', requestedBy: 'olga', snapshot: earlier }),
  };
  const session = { router: () => ({ exportConfiguration }) as unknown as Router };
  return { asked, deps: { session, snapshots } as unknown as Parameters<typeof capturePlanSnapshotAtOnce>[0] };
}

test.each([
  ['is already as the plan wants it', [AFTER, AFTER]],
  ['was changed by somebody else', [BEFORE, FOREIGN]],
])('a device that %s is not exported', async (_, states) => {
  const { deps, asked } = device();
  expect(await capturePlanSnapshotAtOnce(deps, REQUEST, states)).toBeNull();
  expect(asked.exports).toBe(0);
});

test('an untouched device is exported anew, and one that holds a part of the plan keeps what it was before', async () => {
  const { deps, asked } = device();
  expect(await capturePlanSnapshotAtOnce(deps, REQUEST, [BEFORE, BEFORE])).toMatchObject({ snapshotId: 'snp_new' });
  expect(asked.exports).toBe(1);
  expect(await capturePlanSnapshotAtOnce(deps, REQUEST, [AFTER, BEFORE])).toMatchObject({ snapshotId: 'snp_earlier' });
  expect(asked.exports).toBe(1);
});

test('what fails beside something else is left to be asked for alone', async () => {
  const { deps, asked } = device({ fails: true });
  expect(await capturePlanSnapshotAtOnce(deps, REQUEST, [BEFORE])).toBeNull();
  expect(asked.exports).toBe(1);
});
