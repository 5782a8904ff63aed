import { describe, expect, it } from 'vitest';
import { preChecksOf, type PreCheckFacts } from '../../../activities/fleet/pre-checks.ts';
import { policySchema } from '../../../shared/domain/policy/policy.ts';
import { RolloutOptions } from '../../../shared/domain/plan.ts';
import type { PreCheck } from '../../../shared/domain/pre-check.ts';
import { STEP } from '../../shared/platform/persistence/prepared-plan.ts';
import { sampleDevice } from '../../shared/platform/persistence/sample-device.ts';

const policyOf = (given: Record<string, unknown>) =>
  policySchema({ toolsets: ['dns'], planKinds: ['dns_ntp'] }).parse(given);
const [a, b] = ['a', 'b'].map((name) => sampleDevice({ name, version: '7.20.8' }));
const NOON = Date.parse('2027-01-02T12:00:00.000Z');

function facts(given: Partial<PreCheckFacts> = {}): PreCheckFacts {
  return {
    plan: {
      kind: 'dns_ntp',
      environment: a!.environment,
      comment: '',
      rollout: RolloutOptions.parse({}),
      expiresAt: '2027-01-03T12:00:00.000Z',
    },
    kinds: ['dns_ntp'],
    total: 2,
    approvalsNeeded: 1,
    policy: policyOf({}),
    atMs: NOON,
    devices: [a!, b!].map((device) => ({ device, steps: [STEP] })),
    health: new Map([
      [a!.deviceId, 'healthy'],
      [b!.deviceId, 'healthy'],
    ]),
    running: [],
    openPlans: [],
    ...given,
  };
}

const rowOf = (check: PreCheck['check'], given: Partial<PreCheckFacts> = {}) =>
  preChecksOf(facts(given)).find((row) => row.check === check);

describe('the pre-checks of a plan', () => {
  it('say of each thing that was looked at what was found, when nothing is wrong', () => {
    const rows = preChecksOf(facts());
    expect(rows.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(rows.map(({ check, message }) => `${check}: ${message}`)).toEqual([
      'reachable: All 2 devices answered.',
      'healthy: No device was degraded or critical when last asked.',
      'supported: The change fits what each device is and has. RouterOS: 7.20.8 on 2.',
      expect.stringMatching(/^unchanged_since: .* read again right before its first write/) as string,
      'unprotected: Nothing that the policy protects is touched.',
      `policy: Plans of the kind dns_ntp are made in ${a!.environment}. One person has to approve it.`,
      'window: The devices may be changed now.',
      'no_other_change: No other change is running on the devices.',
      'no_other_plan: No other open plan is about the devices.',
      'snapshot: The configuration of each device is saved before its first write.',
      'guard: Nothing in the change can cut the way to a device.',
    ]);
  });

  it('warn, naming the devices, of poor health, of a change that is running and of other open plans', () => {
    expect(rowOf('healthy', { health: new Map([[b!.deviceId, 'critical']]) })).toEqual({
      check: 'healthy',
      result: 'warning',
      message: 'When last asked, 1 of 2 devices (b) had a critical health.',
      devices: ['b'],
    });
    expect(rowOf('no_other_change', { running: [{ deviceId: a!.deviceId, planId: 'pln_other' }] })).toMatchObject({
      result: 'warning',
      message: 'Another change is running on 1 of 2 devices (a), of pln_other.',
      devices: ['a'],
    });
    expect(rowOf('no_other_change', { running: null })).toMatchObject({ result: 'warning' });
    const { deviceId, name } = b!;
    const createdAt = '2027-01-02T11:00:00.000Z';
    const other = {
      planId: 'pln_other',
      status: 'awaiting_approval',
      createdAt,
      devices: [{ deviceId, name }],
    } as const;
    expect(rowOf('no_other_plan', { openPlans: [{ ...other, devices: [...other.devices] }] })).toMatchObject({
      result: 'warning',
      message: expect.stringContaining('pln_other (awaiting approval, 1 of the devices)') as string,
      devices: ['b'],
    });
  });

  it('name the newest of many other open plans, and count the rest', () => {
    const openPlans = Array.from({ length: 7 }, (_, index) => ({
      planId: `pln_${index}`,
      status: 'awaiting_approval' as const,
      createdAt: '2027-01-02T03:04:05.000Z',
      devices: [{ deviceId: b!.deviceId, name: 'b' }],
    }));
    const message = rowOf('no_other_plan', { openPlans })?.message ?? '';
    expect(message.match(/pln_\d/g)).toEqual(['pln_6', 'pln_5', 'pln_4', 'pln_3', 'pln_2']);
    expect(message).toContain(' and 2 more. ');
  });

  it('say that a device takes the change back by itself where it could cut the way to it', () => {
    const route = { ...STEP, menu: '/ip/route' };
    const devices = [
      { device: a!, steps: [route] },
      { device: b!, steps: [STEP] },
    ];
    expect(rowOf('guard', { devices })?.message).toMatch(/1 of 2 devices take it back by itself within \d+ minutes/);
  });

  it('tell when the window opens, and warn when that is after the plan expires', () => {
    const nights = { appliesTo: { all: true }, timeZone: 'UTC', from: '22:00', to: '05:00' };
    expect(rowOf('window', { policy: policyOf({ windows: { nights } }) })).toMatchObject({
      result: 'ok',
      message: expect.stringContaining(
        'It opens at 2027-01-02T22:00:00.000Z; the approved plan waits until then.',
      ) as string,
    });
    const notBefore = '2027-01-04T12:00:00.000Z';
    const later = { ...facts().plan, rollout: RolloutOptions.parse({ notBefore }) };
    expect(rowOf('window', { policy: policyOf({ windows: { nights } }), plan: later })).toMatchObject({
      result: 'warning',
      message: expect.stringContaining('must be approved before 2027-01-03T12:00:00.000Z') as string,
    });
  });

  it('refuse a plan for which no window ever opens, and one that the policy or what it protects forbids', () => {
    const freezes = {
      years: { appliesTo: { all: true }, timeZone: 'UTC', firstDay: '2026-01-01', lastDay: '2029-01-01' },
    };
    expect(() => preChecksOf(facts({ policy: policyOf({ freezes }) }))).toThrow(
      expect.objectContaining({
        code: 'POLICY_REFUSED',
        message: expect.stringMatching(/^No window opens for these devices within 400 days.*never begin/) as string,
        preCheck: expect.objectContaining({ check: 'window', result: 'refused' }) as unknown,
      }),
    );
    const few = policyOf({ environments: { [a!.environment]: { maxPlanDevices: 1 } } });
    expect(() => preChecksOf(facts({ policy: few }))).toThrow(/covers at most 1 devices/);
    const objects = { uplink: { appliesTo: { all: true }, interfaces: ['ether1'] } };
    const address = { op: 'add', menu: '/ip/address', placeBefore: null } as const;
    const values = { address: '192.0.2.1/24', interface: 'ether1' };
    const devices = [a!, b!].map((device) => ({ device, steps: [{ ...address, key: values, values }] }));
    const attempt = () => preChecksOf(facts({ devices, policy: policyOf({ protected: { objects } }) }));
    expect(attempt).toThrow(/^2 of 2 devices \(a, b\): /);
  });
});
