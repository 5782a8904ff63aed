import { expect, test } from 'vitest';
import { bridgeVlans } from '../../../shared/plans/bridge-vlans.ts';
import { capture } from '../laws.ts';
import { access, port, routerWith, stepsFor, vlan, type Wish } from './bridge-router.ts';

test.each<[string, Wish, string, string]>([
  [
    'an address',
    { ports: [{ interface: 'ether6', bridge: 'switch' }] },
    'UNSAFE_OPERATION',
    'The interface "ether6" has an IP address, which a port cannot keep; it does not become a port of a bridge.',
  ],
  [
    'a VLAN interface',
    { ports: [{ interface: 'ether7', bridge: 'switch' }] },
    'UNSAFE_OPERATION',
    'The interface "ether7" carries the VLAN interface "v70", which would receive nothing more; it does not become a port of a bridge.',
  ],
  [
    'a bridge',
    { ports: [{ interface: 'bridge-lan', bridge: 'switch' }] },
    'UNSAFE_OPERATION',
    'The interface "bridge-lan" is a bridge itself; it does not become a port of a bridge.',
  ],
  [
    'another bridge',
    { ports: [{ interface: 'ether2', bridge: 'bridge-lan' }] },
    'UNSAFE_OPERATION',
    'The interface "ether2" is a port of the bridge "switch" already.',
  ],
  [
    'no bridge',
    { ports: [{ interface: 'ether5', pvid: 20 }] },
    'DEVICE_ENTRY_MISSING',
    'The interface "ether5" is a port of no bridge.',
  ],
  [
    'missing interfaces',
    { ports: [{ interface: 'sfp9', bridge: 'switch' }], vlans: [{ ...access, tagged: ['Ether1'] }] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no interface "sfp9", "Ether1".',
  ],
  [
    'a missing bridge',
    { vlans: [{ bridge: 'br9', vlanIds: '20', tagged: ['ether1'] }] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no bridge "br9".',
  ],
  [
    'a member that is no port',
    { vlans: [{ ...access, tagged: ['ether5'] }] },
    'CONFLICT',
    '"ether5" is no port of the bridge "switch", so it cannot carry its VLANs 20.',
  ],
  [
    'another pvid',
    { vlans: [{ ...access, untagged: ['ether2'] }] },
    'UNSAFE_OPERATION',
    '"ether2" is untagged in VLANs 20, but its pvid is 1: what comes in without a tag would go elsewhere than what goes out.',
  ],
  [
    'a pvid outside of the row',
    { ports: [{ interface: 'ether3', pvid: 20 }] },
    'UNSAFE_OPERATION',
    '"ether3" is untagged in VLANs 40, but its pvid is 20: what comes in without a tag would go elsewhere than what goes out.',
  ],
  [
    'part of a row',
    { vlans: [{ bridge: 'switch', vlanIds: '60', remove: true }] },
    'CONFLICT',
    'VLANs 60 of the bridge "switch" are in a row with others: 60-65.',
  ],
  [
    'a port the router made',
    { ports: [{ interface: 'wifi1', pvid: 20 }], removePorts: [] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no interface "wifi1".',
  ],
  [
    'a port the router made',
    { removePorts: ['wifi1'] },
    'UNSAFE_OPERATION',
    'The router made the bridge port "wifi1" itself, so it can be neither changed nor removed.',
  ],
])('refuses %s', async (_what, wish, code, message) => {
  const found = {
    ports: [port('ether2'), port('ether3', { pvid: '40' }), port('wifi1', { dynamic: 'true' })],
    vlans: [vlan('40', '', 'ether3'), vlan('60-65', 'ether1')],
  };
  await expect(stepsFor(found, wish)).rejects.toMatchObject({ code, message });
});

test.each<[Wish, string]>([
  [{}, 'give ports, removePorts, vlans or bridges'],
  [{ ports: [{ interface: 'ether2' }] }, 'ports[0]: give bridge or a setting'],
  [{ ports: [{ interface: 'b', bridge: 'b' }] }, 'ports[0]: a bridge is no port of itself'],
  [
    {
      ports: [
        { interface: 'a', pvid: 1 },
        { interface: 'a', pvid: 2 },
      ],
    },
    'ports[1] is the same interface as ports[0]',
  ],
  [{ ports: [{ interface: 'a', pvid: 1 }], removePorts: ['a'] }, 'removePorts[0] removes the port that ports[0] wants'],
  [{ removePorts: ['a', 'a'] }, 'removePorts[1] is the same interface as removePorts[0]'],
  [{ vlans: [access] }, 'vlans[0]: give tagged, untagged, without, comment or remove'],
  [{ vlans: [{ ...access, tagged: ['a'], untagged: ['a'] }] }, 'vlans[0] names "a" twice'],
  [{ vlans: [{ ...access, tagged: ['a'] }], removePorts: ['a'] }, 'vlans[0] wants "a", which removePorts removes'],
  [
    {
      vlans: [
        { ...access, tagged: ['a'] },
        { bridge: 'switch', vlanIds: '10-20', remove: true },
      ],
    },
    'vlans[1] has VLAN ids that vlans[0] has',
  ],
  [{ vlans: [{ ...access, remove: true, comment: 'x' }] }, 'vlans[0] is removed, so it takes nothing else'],
  [
    { vlans: [{ ...access, untagged: ['a'] }], ports: [{ interface: 'a', pvid: 30 }] },
    'vlans[0].untagged has "a", to which ports[0] gives another pvid',
  ],
  [{ bridges: [{ name: 'b' }] }, 'bridges[0]: give a setting'],
  [
    {
      bridges: [
        { name: 'b', comment: 'x' },
        { name: 'b', comment: 'y' },
      ],
    },
    'bridges[1] is the same bridge as bridges[0]',
  ],
])('refuses the wish %j', (wish, sentence) => {
  expect(bridgeVlans.refuse?.(bridgeVlans.input.parse(wish))).toBe(sentence);
});

test('takes no field it does not know, and no number out of range', () => {
  const takes = (wish: Wish): boolean => bridgeVlans.input.safeParse(wish).success;
  expect(takes({ bridges: [{ name: 'b', priority: 61_440 }] })).toBe(true);
  expect(takes({ bridges: [{ name: 'b', priority: 5000 }] })).toBe(false);
  expect(takes({ bridges: [{ name: 'b', forwardDelay: 15 }] })).toBe(false);
  for (const vlanIds of ['', '0', '4095', '20-10', '10,,20', 'ten']) {
    expect(takes({ vlans: [{ bridge: 'b', vlanIds }] }), vlanIds).toBe(false);
  }
});

test.each<[string, 'lab' | 'prod', number, Wish, string, string[]]>([
  [
    'an added port',
    'lab',
    1,
    { ports: [{ interface: 'ether5', bridge: 'bridge-lan' }] },
    'medium',
    ['packets pass ports and VLANs in another way'],
  ],
  [
    'an added port in prod',
    'prod',
    1,
    { ports: [{ interface: 'ether5', bridge: 'bridge-lan' }] },
    'high',
    ['production devices are changed'],
  ],
  ['comments', 'lab', 10, { bridges: [{ name: 'switch', comment: 'x' }] }, 'low', ['only comments are changed']],
  [
    'many devices',
    'lab',
    11,
    { bridges: [{ name: 'switch', comment: 'x' }] },
    'high',
    ['11 devices are changed, more than 10'],
  ],
  [
    'the bridge of management',
    'lab',
    1,
    { ports: [{ interface: 'ether2', pvid: 5 }] },
    'high',
    ['a bridge through which devices are managed is changed'],
  ],
  ['a removed port', 'lab', 1, { removePorts: ['ether4'] }, 'high', ['ports are taken from bridges']],
  ['a tree', 'lab', 1, { ports: [{ interface: 'ether4', edge: 'yes' }] }, 'high', ['the spanning tree is changed']],
  [
    'a VLAN taken',
    'lab',
    1,
    { vlans: [{ bridge: 'bridge-lan', vlanIds: '5', remove: true }] },
    'high',
    ['VLANs are taken from ports'],
  ],
  [
    'filtering',
    'lab',
    1,
    { bridges: [{ name: 'bridge-lan', vlanFiltering: true }] },
    'high',
    ['VLAN filtering is switched'],
  ],
])('the risk of %s', async (_what, environment, deviceCount, wish, risk, reasons) => {
  const input = bridgeVlans.input.parse(wish);
  const router = routerWith({
    ports: [port('ether2'), port('ether4', { bridge: 'bridge-lan' })],
    vlans: [vlan('5', 'ether4', '', { bridge: 'bridge-lan' })],
  });
  const captured = [await capture(bridgeVlans, router, input, { environment })];
  expect(bridgeVlans.risk({ environment, deviceCount, captured }, input)).toEqual({ risk, reasons });
});
