import { expect, onTestFinished, test } from 'vitest';
import { createDeviceActivities } from '../../../activities/device/index.ts';
import { createDeviceSession } from '../../../activities/routeros/device-session.ts';
import type { Step } from '../../../shared/domain/change.ts';
import { parsePolicy } from '../../../shared/platform/policy/parse-policy.ts';
import { addDevice } from '../../mcp-server/support/devices.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';
import { PATIENT_LIMITS, startDevice } from '../routeros/simulated-device.ts';

test('what was written is read back first, and then the health held against what it was', async () => {
  const simulated = await startDevice({ http: true });
  onTestFinished(simulated.stop);
  const opened = createDeviceSession({ ...simulated.target, limits: PATIENT_LIMITS });
  onTestFinished(() => opened.close());
  const database = await openTestDatabase();
  const { deviceId } = await addDevice(database, 'lab-01');
  const activities = createDeviceActivities({
    deviceId,
    session: {
      router: (scope) => opened.router(scope),
      async fresh(scope, use) {
        const anew = opened.fresh(scope);
        try {
          return await use(anew.router);
        } finally {
          await anew.close();
        }
      },
      close: () => opened.close(),
    },
    database,
    policy: { current: () => parsePolicy('').policy! },
    assertOwner: () => Promise.resolve(),
  });
  const step: Step = {
    op: 'change',
    menu: '/interface',
    key: { name: 'ether5' },
    before: { disabled: 'false' },
    after: { disabled: 'true' },
  };
  const { baseline } = await activities.inspectSteps({ deviceId, steps: [step], beforeChange: true });
  // As if it had run for longer then: it has started anew since.
  const since = { ...baseline, uptimeSeconds: baseline.uptimeSeconds + 3600 };

  expect((await activities.inspectSteps({ deviceId, steps: [step], since })).states).toEqual([{ is: 'before' }]);
  await activities.writeStep({ deviceId, step });
  expect((await activities.inspectSteps({ deviceId, steps: [step], since: baseline })).states).toEqual([
    { is: 'after' },
  ]);
  await expect(activities.inspectSteps({ deviceId, steps: [step], since })).rejects.toMatchObject({
    code: 'HEALTH_CHECK_FAILED',
    message: expect.stringContaining('rebooted'),
  });
});
