import { expect, test } from 'vitest';
import { foundDrift } from '../../../shared/plans/drift/reconcile-drift.ts';
import { restore } from '../../../shared/plans/drift/restore.ts';
import { compareConfigurations, configurationObjects } from '../../../shared/routeros/configuration-objects.ts';

function restored(baseline: string, live: string) {
  const menus = configurationObjects(`${baseline}\n`);
  const drift = foundDrift(compareConfigurations(menus, configurationObjects(`${live}\n`)));
  return restore(
    drift.map((one, index) => ({ ...one, driftId: `drf_${index}` })),
    menus,
  );
}

const PORT = '/interface bridge port add interface=ether2';
const RADIO = '/interface wifi set [ find default-name=wifi1 ]';
const OLDER = '/interface wireless set [ find default-name=wlan1 ]';

test.for([
  ['a port of another bridge', `${PORT} bridge=a`, `${PORT} bridge=b`, 'plan_bridge_vlans does not set bridge.'],
  ['a setting of a port', `${PORT} bridge=a`, `${PORT} bridge=a horizon=1`, 'plan_bridge_vlans does not set horizon.'],
  [
    'a row of VLANs that was off',
    '/interface bridge vlan add bridge=a disabled=yes tagged=a vlan-ids=20',
    '/interface bridge vlan add bridge=a tagged=a vlan-ids=20',
    'plan_bridge_vlans disables no row of the VLAN table.',
  ],
  [
    'a bridge that came',
    '/interface bridge add name=a',
    '/interface bridge add name=a\n/interface bridge add name=b',
    'no plan kind makes or removes interfaces.',
  ],
  [
    'a lease time that was the default',
    '/ip dhcp-server add interface=ether2 name=a',
    '/ip dhcp-server add interface=ether2 lease-time=2h name=a',
    'the baseline does not tell the lease time.',
  ],
  [
    'a lease that went, by the identifier of its client',
    '/ip dhcp-server lease add address=192.0.2.1 client-id=1:a mac-address=00:1B:21:0A:0B:01',
    '/ip dns set servers=9.9.9.9',
    'plan_dhcp_leases does not set client-id.',
  ],
  [
    'security of a radio',
    `${RADIO} security.wps=disable`,
    `${RADIO} security.wps=push-button`,
    'plan_wireless does not set security.wps.',
  ],
  [
    'a channel that was left to a radio of 5 GHz',
    `${RADIO} channel.band=5ghz-ax`,
    `${RADIO} channel.band=5ghz-ax channel.frequency=5180`,
    'plan_wireless leaves no channel to the radio without leaving out DFS.',
  ],
  [
    'a width that was not told',
    `${RADIO} channel.band=5ghz-ax`,
    `${RADIO} channel.band=5ghz-ax channel.width=20mhz`,
    'plan_wireless takes channel.width from no radio.',
  ],
  [
    'a station',
    `${OLDER} ssid=a`,
    `${OLDER} mode=ap-bridge ssid=a`,
    'plan_wireless sets no radio to the mode station.',
  ],
  [
    'an action by its place',
    '/system logging action set 3 remote=192.0.2.1',
    '/system logging action set 3 remote=192.0.2.2',
    'the export names the action by its place only.',
  ],
  [
    'what an action is for',
    '/system logging action add name=a target=echo',
    '/system logging action add name=a target=memory',
    'plan_logging does not set target.',
  ],
] as const)('%s is left, with the reason', ([, baseline, live, reason]) => {
  expect(restored(baseline, live).left.map((one) => one.reason)).toContain(reason);
});

test('rows of the VLAN table that share ids are put back one after another: what came goes first', () => {
  const row = (ids: string): string => `/interface bridge vlan add bridge=a tagged=a vlan-ids=${ids}`;
  const { plan, left } = restored(row('20-30'), row('20'));
  expect(plan?.input).toEqual({ vlans: [{ bridge: 'a', vlanIds: '20', remove: true }] });
  expect(left).toMatchObject([{ reason: expect.stringContaining('it cannot be part of the same plan') }]);
});

test('a bridge whose comment and settings differ is one part of the plan', () => {
  const bridge = (rest: string): string => `/interface bridge add name=a ${rest}`;
  const { plan } = restored(bridge('comment=one'), bridge('comment=two priority=0x1000'));
  expect(plan).toEqual({
    kind: 'bridge_vlans',
    input: { bridges: [{ name: 'a', priority: 0x80_00, comment: 'one' }] },
  });
});
