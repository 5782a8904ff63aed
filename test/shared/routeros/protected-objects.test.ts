import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { policySchema } from '../../../shared/domain/policy/policy.ts';
import {
  fieldsThatProtect,
  protectedBy,
  type FoundRows,
  type ProtectedDevice,
} from '../../../shared/routeros/protected-objects.ts';

const DEVICE: ProtectedDevice = { name: 'core-1', environment: 'prod', tags: ['core'], host: '10.0.0.2' };
const policy = policySchema({ toolsets: ['dns'], planKinds: ['dns_ntp'] }).parse({
  protected: {
    objects: {
      mgmt: { appliesTo: { all: true }, managementAddress: true, addresses: ['192.0.2.0/24', '2001:db8::1'] },
      uplink: { appliesTo: { tags: ['core'] }, interfaces: ['ether1', 'bridge'], vlans: [99] },
      access: { appliesTo: { all: true }, services: [{ name: 'www-ssl', port: 443 }, { name: 'ssh' }] },
    },
  },
});

function change(menu: string, key: Record<string, string>, after: Record<string, string>): Step {
  return {
    op: 'change',
    menu,
    key,
    before: Object.fromEntries(Object.keys(after).map((field) => [field, null])),
    after,
  };
}
function add(menu: string, values: Record<string, string>): Step {
  return { op: 'add', menu, key: values, values, placeBefore: null };
}
const row = (fields: Record<string, string>): FoundRows => ({ row: fields, behind: [] });
const MARKED = { comment: 'keep (convoy:protected)' };
const LIST = '/ip/firewall/address-list';
const FILTER = '/ip/firewall/filter';

const REFUSED: [string, string, Step, FoundRows?][] = [
  [
    'protected.marker',
    'a row that is marked at the router',
    change('/interface', { name: 'ether5' }, { disabled: 'true' }),
    row(MARKED),
  ],
  [
    'protected.marker',
    'a mark that would be taken away',
    change('/interface', { name: 'ether5' }, { comment: '' }),
    row(MARKED),
  ],
  ['protected.marker', 'a mark that would be set', change('/interface', { name: 'ether5' }, MARKED)],
  [
    'protected.marker',
    'a place in front of a marked row',
    add(FILTER, { chain: 'input', action: 'drop' }),
    { row: null, behind: [{}, MARKED] },
  ],
  [
    'protected.objects.mgmt',
    'the address it is registered under',
    change('/ip/address', { address: '10.0.0.2/24' }, { disabled: 'true' }),
  ],
  [
    'protected.objects.mgmt',
    'an address found only in the row',
    change('/ip/address', { interface: 'ether9' }, { disabled: 'true' }),
    row({ address: '10.0.0.2/24' }),
  ],
  [
    'protected.objects.mgmt',
    'an address in a protected network',
    add('/ip/address', { address: '192.0.2.7/32', interface: 'ether9' }),
  ],
  [
    'protected.objects.mgmt',
    'a lease that gives a protected address to a client',
    add('/ip/dhcp-server/lease', { 'mac-address': '00:1B:21:0A:0B:0C', address: '192.0.2.7' }),
  ],
  [
    'protected.objects.mgmt',
    'a pool with the address it is registered under',
    change('/ip/pool', { name: 'guests' }, { ranges: '10.0.9.1-10.0.9.9,10.0.0.1-10.0.0.9' }),
  ],
  [
    'protected.objects.uplink',
    'a DHCP server on a protected interface',
    add('/ip/dhcp-server', { name: 'guests', interface: 'bridge' }),
  ],
  [
    'protected.objects.mgmt',
    'an IPv6 address, however it is written',
    add('/ipv6/address', { address: '2001:DB8:0::1/64', interface: 'ether9' }),
  ],
  [
    'protected.objects.mgmt',
    'an entry of an address list that holds it',
    add(LIST, { list: 'mcp-blocked', address: '10.0.0.0/8' }),
  ],
  ['protected.objects.mgmt', 'a range that holds it', add(LIST, { list: 'mcp-blocked', address: '10.0.0.1-10.0.0.9' })],
  [
    'protected.objects.mgmt',
    'a route to it',
    add('/ip/route', { 'dst-address': '192.0.2.128/25', gateway: '10.0.0.1' }),
  ],
  ['protected.objects.uplink', 'the interface', change('/interface', { name: 'ether1' }, { disabled: 'true' })],
  ['protected.objects.uplink', 'a new name for it', change('/interface/ethernet', { name: 'ether1' }, { name: 'wan' })],
  [
    'protected.objects.uplink',
    'its name for another one',
    change('/interface/ethernet', { name: 'ether2' }, { name: 'ether1' }),
  ],
  [
    'protected.objects.uplink',
    'a port of a protected bridge',
    add('/interface/bridge/port', { bridge: 'bridge', interface: 'ether7' }),
  ],
  [
    'protected.objects.uplink',
    'an address on it',
    add('/ip/address', { address: '198.51.100.1/24', interface: 'ether1' }),
  ],
  [
    'protected.objects.uplink',
    'a bridge entry that tags it',
    add('/interface/bridge/vlan', { bridge: 'b2', tagged: 'ether2,ether1', 'vlan-ids': '7' }),
  ],
  [
    'protected.objects.uplink',
    'the VLAN',
    change('/interface/vlan', { name: 'vlan99' }, { mtu: '1400' }),
    row({ 'vlan-id': '99' }),
  ],
  [
    'protected.objects.uplink',
    'a range of VLANs that holds it',
    add('/interface/bridge/vlan', { bridge: 'b2', 'vlan-ids': '7,90-110' }),
  ],
  [
    'protected.objects.uplink',
    'a port that carries it',
    change('/interface/bridge/port', { interface: 'ether7' }, { pvid: '99' }),
  ],
  ['protected.objects.access', 'the service', change('/ip/service', { name: 'ssh' }, { disabled: 'true' })],
  ['protected.objects.access', 'its port for another service', change('/ip/service', { name: 'www' }, { port: '443' })],
  [
    'protected.objects.access',
    'a firewall rule about its port',
    add(FILTER, { chain: 'input', 'dst-port': '80,440-450', action: 'drop' }),
  ],
];

test.each(REFUSED)('%s protects %s', (rule, _, step, found) => {
  expect(protectedBy(policy, DEVICE, step, found)).toMatchObject({
    rule,
    message: expect.stringMatching(new RegExp(`^Nothing was written to ${step.menu}, because .+`)) as string,
  });
});

const ALLOWED: [string, Step, FoundRows?][] = [
  [
    'a setting that protects nothing',
    { op: 'set', menu: '/ip/dns', before: { servers: '' }, after: { servers: '10.0.0.2' } },
  ],
  ['a comment on a protected interface', change('/interface', { name: 'ether1' }, { comment: 'uplink' })],
  [
    'another address of the same network as the own one',
    add('/ip/address', { address: '10.0.0.3/24', interface: 'ether9' }),
  ],
  ['the default route', add('/ip/route', { 'dst-address': '0.0.0.0/0', gateway: '203.0.113.1' })],
  ['an entry of an address list by name', add(LIST, { list: 'mcp-blocked', address: 'example.net' })],
  ['an address list elsewhere', add(LIST, { list: 'mcp-blocked', address: '198.51.100.0/24' })],
  [
    'another VLAN',
    change('/interface/vlan', { name: 'vlan7' }, { mtu: '1400' }),
    row({ 'vlan-id': '7', interface: 'ether9' }),
  ],
  [
    'the port of a service of which only the name is protected',
    add(FILTER, { chain: 'input', 'dst-port': '22', action: 'drop' }),
  ],
  [
    'a row behind a marked one',
    add(FILTER, { chain: 'input', action: 'drop' }),
    { row: null, behind: [{ comment: 'last' }] },
  ],
];

test.each(ALLOWED)('nothing protects %s', (_, step, found) => {
  expect(protectedBy(policy, DEVICE, step, found)).toBeNull();
});

test('a rule holds on the devices it applies to', () => {
  const step = change('/interface', { name: 'ether1' }, { disabled: 'true' });
  expect(protectedBy(policy, { ...DEVICE, tags: [] }, step)).toBeNull();
});

test('of a row is read by what it may turn out to be protected', () => {
  expect(fieldsThatProtect('/ip/dns/static')).toEqual(['comment']);
  expect(fieldsThatProtect('/ip/service')).toEqual(['comment', 'name', 'port']);
  expect(fieldsThatProtect('/interface/vlan')).toContain('vlan-id');
});
