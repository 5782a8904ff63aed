import { expect, test } from 'vitest';
import { sampleDevice } from '../platform/persistence/sample-device.ts';
import type { EmergencyStop } from '../../../shared/domain/emergency-stop.ts';
import { DEFAULT_POLICY, policySchema, type Policy } from '../../../shared/domain/policy/policy.ts';
import { decideAdmission, type AdmissionFacts } from '../../../shared/domain/rollout-admission.ts';

const device = sampleDevice({ name: 'lab-01' });
/** A Saturday, 12:00 UTC. */
const NOON = Date.parse('2027-01-02T12:00:00.000Z');

const STOP: EmergencyStop = {
  stopId: 'stp_1',
  scope: { on: 'environment', environment: device.environment },
  deviceName: null,
  reason: 'wrong resolvers',
  placedBy: 'olga',
  placedByName: 'Olga',
  placedAt: '2027-01-02T11:00:00.000Z',
  liftedAt: null,
  liftedBy: null,
  liftedByName: null,
  liftReason: null,
};

function policyOf(given: Record<string, unknown>): Policy {
  return policySchema({ toolsets: ['dns'], planKinds: ['dns_ntp', 'other'] }).parse(given);
}

const NIGHTS = policyOf({
  windows: { nights: { appliesTo: { all: true }, timeZone: 'UTC', from: '22:00', to: '05:00' } },
});

function facts(given: Partial<AdmissionFacts> = {}): AdmissionFacts {
  const plan: AdmissionFacts['plan'] = {
    environment: device.environment,
    kinds: ['dns_ntp'],
    comment: '',
    approvals: [{ by: 'anna', at: '2027-01-02T10:00:00.000Z', decision: 'approve', via: 'cli', comment: '' }],
    deviceCount: 1,
  };
  return { stage: 'start', atMs: NOON, stops: [], policy: DEFAULT_POLICY, devices: [device], plan, ...given };
}

const answerOf = (given: Partial<AdmissionFacts>): unknown => decideAdmission({ ...facts(), ...given });

test('nothing against it lets it proceed, at every stage', () => {
  for (const stage of ['start', 'wave', 'device'] as const) expect(answerOf({ stage })).toEqual({ answer: 'proceed' });
});

test('a stop pauses every stage, of single operations as well', () => {
  const paused = { answer: 'pause', reason: { code: 'EMERGENCY_STOP' } };
  for (const stage of ['start', 'wave', 'device'] as const) {
    expect(answerOf({ stage, stops: [STOP] })).toMatchObject(paused);
  }
  expect(answerOf({ plan: null, stage: 'device', stops: [STOP] })).toMatchObject(paused);
});

test('an undo that was asked for after the stop goes on, one from before it does not', () => {
  const undo = (undoAskedAt: string) => answerOf({ stage: 'device', stops: [STOP], undoAskedAt });
  expect(undo('2027-01-02T11:00:01.000Z')).toEqual({ answer: 'proceed' });
  expect(undo('2027-01-02T10:59:59.000Z')).toMatchObject({ answer: 'pause', reason: { code: 'EMERGENCY_STOP' } });
});

test('a plan waits for its window, and pauses when it closes on it', () => {
  expect(answerOf({ policy: NIGHTS })).toMatchObject({
    answer: 'wait',
    until: '2027-01-02T22:00:00.000Z',
    reason: { code: 'POLICY_REFUSED', details: { rule: 'windows.nights' } },
  });
  for (const stage of ['wave', 'device'] as const) {
    expect(answerOf({ stage, policy: NIGHTS })).toMatchObject({ answer: 'pause', reason: { code: 'POLICY_REFUSED' } });
  }
  const atNight = Date.parse('2027-01-02T23:00:00.000Z');
  expect(answerOf({ stage: 'wave', policy: NIGHTS, atMs: atNight })).toEqual({ answer: 'proceed' });
});

test('an operation on one device is not begun outside of its window, and a login may be renewed at any time', () => {
  const device = { plan: null, stage: 'device' as const, policy: NIGHTS };
  expect(answerOf({ ...device, heedsWindows: true })).toMatchObject({
    answer: 'pause',
    reason: { code: 'POLICY_REFUSED', details: { rule: 'windows.nights' } },
  });
  const atNight = Date.parse('2027-01-02T23:00:00.000Z');
  expect(answerOf({ ...device, heedsWindows: true, atMs: atNight })).toEqual({ answer: 'proceed' });
  expect(answerOf(device)).toEqual({ answer: 'proceed' });
});

test('neither windows nor rules keep what was changed from being put back', () => {
  const policy = policyOf({ environments: { [device.environment]: { planKinds: [] } } });
  for (const given of [policy, NIGHTS]) {
    expect(answerOf({ policy: given, undoAskedAt: '2027-01-02T11:59:00.000Z' })).toEqual({ answer: 'proceed' });
  }
});

test('a kind that the policy forbids by now is not carried out as part of a plan either', () => {
  const policy = policyOf({ environments: { [device.environment]: { planKinds: ['dns_ntp'] } } });
  expect(answerOf({ policy, plan: { ...facts().plan!, kinds: ['dns_ntp', 'other'] } })).toMatchObject({
    answer: 'pause',
    reason: { code: 'POLICY_REFUSED', message: expect.stringContaining('kind other') as string },
  });
});

test('a rule of the policy that the plan breaks by now pauses it and is named', () => {
  const policy = policyOf({ environments: { [device.environment]: { planKinds: ['other'] } } });
  expect(answerOf({ policy })).toMatchObject({
    answer: 'pause',
    reason: { code: 'POLICY_REFUSED', details: { rule: `environments.${device.environment}.planKinds` } },
  });
});
