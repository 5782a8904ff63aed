import { expect, onTestFinished, test } from 'vitest';
import type { DeviceSession } from '../../../activities/device/device-session.ts';
import { createDeviceActivities } from '../../../activities/device/index.ts';
import { createDeviceSession } from '../../../activities/routeros/device-session.ts';
import type { Step } from '../../../shared/domain/change.ts';
import { parsePolicy } from '../../../shared/platform/policy/parse-policy.ts';
import { addDevice } from '../../mcp-server/support/devices.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';
import { PATIENT_LIMITS, startDevice } from '../routeros/simulated-device.ts';

const disable = (name: string): Step => ({
  op: 'change',
  menu: '/interface',
  key: { name },
  before: { disabled: 'false' },
  after: { disabled: 'true' },
});

test('what people mark at the router, or a policy names, meets no write: not when it is looked at, nor when it is written', async () => {
  const simulated = await startDevice({ http: true });
  onTestFinished(simulated.stop);
  const opened = createDeviceSession({ ...simulated.target, limits: PATIENT_LIMITS });
  onTestFinished(() => opened.close());
  const session: DeviceSession = {
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
  };
  const database = await openTestDatabase();
  const { deviceId } = await addDevice(database, 'lab-01', { tags: ['branch'] });
  let rules = parsePolicy('').policy!;
  const activities = createDeviceActivities({
    deviceId,
    session,
    database,
    policy: { current: () => rules },
    assertOwner: () => Promise.resolve(),
  });
  const write = (step: Step) => activities.writeStep({ deviceId, step });
  const inspect = (step: Step) => activities.inspectSteps({ deviceId, steps: [step], beforeChange: true });
  const marked = { code: 'POLICY_REFUSED', details: { rule: 'protected.marker', menu: '/interface' } };

  const scope = { paths: ['/interface'], effect: 'write' } as const;
  await inspect(disable('ether5'));
  // Somebody marks it after it was looked at: the step says nothing of that.
  await session.router(scope).change('/interface', { name: 'ether5' }, { comment: 'uplink convoy:protected' });
  await expect(write(disable('ether5'))).rejects.toMatchObject(marked);
  await expect(inspect(disable('ether5'))).rejects.toMatchObject(marked);
  expect(await session.router(scope).list('/interface', { only: { name: 'ether5' } })).toMatchObject([
    { disabled: 'false' },
  ]);

  const comment = { interface: 'ether5', text: 'spare' };
  await expect(
    activities.prepareOperation({ deviceId, operation: 'set_interface_comment', input: comment }),
  ).rejects.toMatchObject(marked);

  // The policy is asked as it is now, and about the device as it is now.
  rules = parsePolicy(
    'protected: { objects: { ports: { appliesTo: { tags: [branch] }, interfaces: [ether6] } } }',
  ).policy!;
  await expect(write(disable('ether6'))).rejects.toMatchObject({
    code: 'POLICY_REFUSED',
    message:
      'Nothing was written to /interface, because it is about the protected interface "ether6". (rule protected.objects.ports)',
  });
  await database.devices.edit(deviceId, { tags: [] });
  expect(await write(disable('ether6'))).toEqual({ wrote: true });
  expect(await write(disable('ether7'))).toEqual({ wrote: true });
});
