import { describe, expect, test } from 'vitest';
import { BOARDS } from '../../simulator/boards.ts';
import { ALL_MENUS } from '../../simulator/menus/all-menus.ts';
import { sourceSeen } from '../../simulator/network/management-link.ts';
import { managementVerdict } from '../../simulator/network/management-path.ts';
import { issueCertificate } from '../../simulator/rest/certificate.ts';
import { Router } from '../../simulator/router/router.ts';
import { rows, row, startLabRouter } from './support/lab-router.ts';
import { advance, byHand, newConnection, openConnection } from './support/reachability.ts';

const RULES: readonly (readonly [name: string, rule: Record<string, string>, verdict: string])[] = [
  ['another source', { 'src-address': '127.0.0.2-127.0.0.8' }, 'accept'],
  ['the source', { 'src-address': '127.0.0.0/8' }, 'drop'],
  ['every source but this one', { 'src-address': '!127.0.0.1' }, 'accept'],
  ['the port', { protocol: 'tcp', 'dst-port': '22,80-90' }, 'drop'],
  ['another port', { protocol: 'tcp', 'dst-port': '443' }, 'accept'],
  ['another protocol', { protocol: 'udp' }, 'accept'],
  ['the interface', { 'in-interface': 'ether1' }, 'drop'],
  ['every interface but that one', { 'in-interface': '!ether1' }, 'accept'],
  ['the interface list', { 'in-interface-list': 'WAN' }, 'drop'],
  ['new connections', { 'connection-state': 'new' }, 'drop'],
  ['packets that open connections', { protocol: 'tcp', 'tcp-flags': 'syn,!ack' }, 'drop'],
  ['the router as destination', { 'dst-address-type': 'local' }, 'drop'],
  ['a MAC address of somebody else', { 'src-mac-address': '00:00:5e:00:53:01' }, 'accept'],
  ['what no packet of management holds', { content: 'secret' }, 'accept'],
  ['small packets', { 'packet-size': '0-100' }, 'drop'],
];

test.each(RULES)('a rule that drops %s decides: %s is %s', async (_name, rule, verdict) => {
  const router = await startLabRouter();
  const added = await router.put('/ip/firewall/filter', {
    chain: 'input',
    action: 'drop',
    ...rule,
    'place-before': '*1',
  });
  expect(added.status).toBe(201);
  expect(newConnection(router)).toBe(verdict);
});

test('chains of their own are entered by jump and left by return', async () => {
  const router = await startLabRouter();
  const add = (rule: Record<string, string>) => router.put('/ip/firewall/filter', rule);
  await add({ chain: 'guests', action: 'return', 'src-address': '127.0.0.1' });
  await add({ chain: 'guests', action: 'drop' });
  await add({ chain: 'input', action: 'jump', 'jump-target': 'guests', 'place-before': '*1' });
  expect(newConnection(router)).toBe('accept');
  expect(newConnection(router, '127.0.0.9')).toBe('drop');
});

test('address lists decide as long as their entries live', async () => {
  const router = await startLabRouter();
  await router.put('/ip/firewall/address-list', { list: 'blocked', address: '127.0.0.1', timeout: '2m' });
  await router.put('/ip/firewall/raw', { chain: 'prerouting', action: 'drop', 'src-address-list': 'blocked' });
  expect([newConnection(router), openConnection(router)]).toEqual(['drop', 'drop']);
  await advance(router, 121);
  expect([newConnection(router), openConnection(router)]).toEqual(['accept', 'accept']);
});

test('packets that raw takes out of tracking are untracked, and output can drop the answers', async () => {
  const router = await startLabRouter();
  await byHand(router, '/ip/firewall/filter/*5', { set: { action: 'drop' } });
  expect(newConnection(router)).toBe('drop');
  await byHand(router, '/ip/firewall/raw', { add: { chain: 'prerouting', action: 'notrack' } });
  expect(newConnection(router)).toBe('accept');
  const answers = { chain: 'output', action: 'drop', protocol: 'tcp', 'src-port': '80' };
  await byHand(router, '/ip/firewall/filter', { add: answers });
  expect(newConnection(router)).toBe('drop');
});

test('a redirect keeps management alive when the service and the filter follow it', async () => {
  const router = await startLabRouter();
  const tcp = { protocol: 'tcp' };
  const redirect = { chain: 'dstnat', action: 'redirect', ...tcp, 'dst-port': '80', 'to-ports': '8080' };
  await byHand(router, '/ip/firewall/nat', { add: redirect });
  expect(newConnection(router)).toBe('drop');
  const accept = { chain: 'input', action: 'accept', ...tcp, 'dst-port': '8080', 'place-before': '*6' };
  await byHand(router, '/ip/firewall/filter', { add: accept });
  expect(newConnection(router)).toBe('reject');
  await byHand(router, '/ip/service/www', { set: { port: '8080' } });
  expect(newConnection(router)).toBe('accept');
  expect((await router.get('/system/identity')).status).toBe(200);
});

test('a more specific route through another port takes the answers away', async () => {
  const router = await startLabRouter();
  await byHand(router, '/ip/route', { add: { 'dst-address': '127.0.0.0/8', gateway: '192.168.88.7' } });
  expect(newConnection(router)).toBe('drop');
  expect(newConnection(router, '10.20.0.77')).toBe('accept');
});

test('counters grow by what really passed', async () => {
  const router = await startLabRouter();
  const packets = (id: string): number =>
    Number(router.device.router.find('/ip/firewall/filter', id)?.internal['packets']);
  await router.get('/system/identity');
  const [established, management] = [packets('*1'), packets('*5')];
  expect(management).toBeGreaterThan(0);
  await router.get('/system/identity');
  expect([packets('*1') > established, packets('*5')]).toEqual([true, management]);
});

test('in bridge mode a manager is a machine of the LAN', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  await router.get('/system/identity');
  expect(router.device.router.sessions().map(({ address }) => address)).toContain('192.168.88.10');
  expect(row(await router.post('/ip/route/disable', { '.id': '*80000001' }))).toEqual([]);
  expect((await router.get('/system/identity')).status).toBe(200);
});

test('a bridge with VLAN filtering passes management only in the VLAN of the address', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  const verdict = () =>
    managementVerdict(router.device.router, { service: 'www', source: '192.168.88.10', connection: 'new' });
  const [port] = rows(await router.get('/interface/bridge/port?interface=ether2'));
  const edit = (path: string, set: object) => byHand(router, path, { set });
  await edit(`/interface/bridge/port/${port?.['.id']}`, { pvid: 10 });
  expect(verdict()).toBe('accept');
  await edit('/interface/bridge/bridge', { 'vlan-filtering': true });
  expect(verdict()).toBe('drop');
  await edit(`/interface/bridge/port/${port?.['.id']}`, { pvid: 1 });
  expect(verdict()).toBe('accept');
  await edit(`/interface/bridge/port/${port?.['.id']}`, { 'frame-types': 'admit-only-vlan-tagged' });
  expect(verdict()).toBe('drop');
});

test('an interface that does not ask for addresses reaches only those in the table for good', async () => {
  const router = await startLabRouter();
  await byHand(router, '/interface/ethernet/ether1', { set: { arp: 'reply-only' } });
  expect(newConnection(router)).toBe('drop');
  const gateway = { address: '10.20.0.1', interface: 'ether1', 'mac-address': '00:00:5E:00:53:01' };
  await byHand(router, '/ip/arp', { add: gateway });
  expect(newConnection(router)).toBe('accept');
});

const certificate = await issueCertificate('new', '127.0.0.1');

describe.each(['uplink', 'bridge'] as const)('through the %s', (side) => {
  test.each(Object.entries(BOARDS))('a new %s can be managed by all its services', (_key, board) => {
    const router = new Router({
      name: 'new',
      index: 7,
      board,
      version: '7.20.8',
      accounts: [{ name: 'admin', group: 'full', password: 'x' }],
      menus: ALL_MENUS,
      management: { side, web: 'www-ssl' },
      certificate,
    });
    const source = sourceSeen(router, '127.0.0.1');
    const verdicts = (['www', 'www-ssl', 'ssh'] as const).map((service) =>
      managementVerdict(router, { service, source, connection: 'new' }),
    );
    expect(verdicts).toEqual(['accept', 'accept', 'accept']);
  });
});
