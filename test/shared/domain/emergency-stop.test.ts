import { expect, test } from 'vitest';
import { stopOver, stopRefusal, type EmergencyStop, type StopScope } from '../../../shared/domain/emergency-stop.ts';

function stop(scope: StopScope, given: Partial<EmergencyStop> = {}): EmergencyStop {
  return {
    stopId: 'stp_1',
    scope,
    deviceName: scope.on === 'device' ? 'lab-01' : null,
    reason: 'wrong resolvers',
    placedBy: 'olga',
    placedByName: 'Olga',
    placedAt: '2027-01-02T03:04:05.000Z',
    liftedAt: null,
    liftedBy: null,
    liftedByName: null,
    liftReason: null,
    ...given,
  };
}

const LAB = { deviceId: 'dev_1', environment: 'lab' } as const;
const PROD = { deviceId: 'dev_2', environment: 'prod' } as const;

test.each<[string, StopScope, readonly (typeof LAB | typeof PROD)[], boolean]>([
  ['the fleet holds on every device', { on: 'all' }, [PROD], true],
  ['the fleet holds on what is about no device', { on: 'all' }, [], true],
  ['an environment holds on its devices', { on: 'environment', environment: 'lab' }, [LAB], true],
  ['an environment holds when one of several is in it', { on: 'environment', environment: 'lab' }, [PROD, LAB], true],
  ['an environment does not hold elsewhere', { on: 'environment', environment: 'lab' }, [PROD], false],
  ['an environment does not hold on what is about no device', { on: 'environment', environment: 'lab' }, [], false],
  ['a device holds on it', { on: 'device', deviceId: 'dev_1' }, [LAB], true],
  ['a device does not hold on another', { on: 'device', deviceId: 'dev_1' }, [PROD], false],
])('a stop of %s', (_, scope, devices, holds) => {
  expect(stopOver([stop(scope)], devices) !== null).toBe(holds);
});

test('a lifted stop does not hold, another one beside it does', () => {
  const lifted = stop({ on: 'all' }, { liftedAt: '2027-01-03T00:00:00.000Z' });
  expect(stopOver([lifted], [LAB])).toBeNull();
  expect(stopOver([lifted, stop({ on: 'all' }, { stopId: 'stp_2' })], [LAB])).toMatchObject({ stopId: 'stp_2' });
});

test('stops that were in place when something was asked for do not count, later ones do', () => {
  const placed = [stop({ on: 'all' })];
  expect(stopOver(placed, [LAB], '2027-01-02T03:04:06.000Z')).toBeNull();
  expect(stopOver(placed, [LAB], '2027-01-02T03:04:04.000Z')).not.toBeNull();
});

test('a refusal names scope, person, time and reason, in one line', () => {
  const refusal = stopRefusal(stop({ on: 'device', deviceId: 'dev_1' }, { reason: 'wrong\nresolvers' }));
  expect(refusal).toMatchObject({ code: 'EMERGENCY_STOP', retryable: false, details: { stopId: 'stp_1' } });
  expect(refusal.message).toBe(
    'Writing to the device lab-01 was stopped by Olga at 2027-01-02T03:04:05.000Z: "wrong resolvers".',
  );
});
