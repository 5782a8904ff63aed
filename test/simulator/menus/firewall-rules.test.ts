import { describe, expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const FILTER = '/ip/firewall/filter';

const refusal = (detail: string) => ({ status: 400, body: { detail, error: 400, message: 'Bad Request' } });

const add = (router: LabRouter, rule: Record<string, unknown>, table = FILTER) => router.put(table, rule);

/** Comments of the rules in order, without the factory's. */
async function own(router: LabRouter): Promise<(string | undefined)[]> {
  return rows(await router.get(`${FILTER}?chain=own`)).map((rule) => rule['comment']);
}

test('a new rule shows its matchers, its counters, and nothing that was not written', async () => {
  const router = await startLabRouter();
  const added = await add(router, { chain: 'forward', 'src-address': '192.0.2.1/32', 'in-interface-list': '!LAN' });
  expect(added).toMatchObject({ status: 201 });
  expect(added.body).toEqual({
    '.id': '*D',
    action: 'accept',
    bytes: '0',
    chain: 'forward',
    dynamic: 'false',
    'in-interface-list': '!LAN',
    invalid: 'false',
    packets: '0',
    'src-address': '192.0.2.1',
  });
});

test('disabled, log and log-prefix are there once they were written', async () => {
  const router = await startLabRouter();
  const written = { chain: 'own', disabled: 'no', log: false, 'log-prefix': '' };
  const id = row(await add(router, written))['.id'] ?? '';
  expect(row(await router.get(`${FILTER}/${id}`))).toMatchObject({ disabled: 'false', log: 'false', 'log-prefix': '' });
  await router.post(`${FILTER}/disable`, { '.id': '*1' });
  await router.post(`${FILTER}/enable`, { '.id': '*1' });
  expect(row(await router.get(`${FILTER}/*1`))['disabled']).toBe('false');
  expect(row(await router.get(`${FILTER}/*2`))).not.toHaveProperty('disabled');
});

test('fast-tracked connections put dummy rules of the router in front', async () => {
  const router = await startLabRouter();
  const first = async (table: string) => rows(await router.get(`/ip/firewall/${table}`))[0] ?? {};
  expect(await first('filter')).toMatchObject({
    action: 'passthrough',
    chain: 'forward',
    comment: 'special dummy rule to show fasttrack counters',
    dynamic: 'true',
  });
  expect(rows(await router.get('/ip/firewall/mangle')).map(({ chain }) => chain)).toEqual([
    'prerouting',
    'forward',
    'postrouting',
  ]);
  const [fasttrack] = rows(await router.get(`${FILTER}?action=fasttrack-connection`));
  expect(fasttrack).toMatchObject({ 'hw-offload': 'true', 'connection-state': 'established,related' });
  await router.post(`${FILTER}/disable`, { '.id': fasttrack?.['.id'] });
  expect((await first('filter'))['dynamic']).toBe('false');
  expect(rows(await router.get('/ip/firewall/mangle'))).toEqual([]);
});

test('a matcher is taken away by its name with an exclamation mark, or by unset', async () => {
  const router = await startLabRouter();
  const id = row(await add(router, { chain: 'own', 'src-address': '10.0.0.0/8', protocol: 'tcp' }))['.id'] ?? '';
  expect(await router.patch(`${FILTER}/${id}`, { 'src-address': '' })).toMatchObject(
    refusal('value of range expects range of ip addresses'),
  );
  expect(row(await router.patch(`${FILTER}/${id}`, { '!src-address': '' }))).not.toHaveProperty('src-address');
  await router.post(`${FILTER}/unset`, { '.id': id, 'value-name': 'protocol' });
  expect(row(await router.get(`${FILTER}/${id}`))).not.toHaveProperty('protocol');
});

const NORMAL_FORMS: readonly (readonly [
  field: string,
  given: string,
  printed: string,
  rest: Record<string, string>,
])[] = [
  ['src-address', '10.0.0.1/32', '10.0.0.1', {}],
  ['src-address', '10.1.2.3/8', '10.0.0.0/8', {}],
  ['dst-address', '!192.168.0.0/16', '!192.168.0.0/16', {}],
  ['dst-address', '10.0.0.1-10.0.0.9', '10.0.0.1-10.0.0.9', {}],
  ['src-mac-address', 'aa:bb:cc:dd:ee:ff', 'AA:BB:CC:DD:EE:FF', {}],
  ['protocol', '6', 'tcp', {}],
  ['protocol', '!udp', '!udp', {}],
  ['dst-port', '80,443', '80,443', { protocol: 'tcp' }],
  ['dst-port', '!1000-2000', '!1000-2000', { protocol: 'udp' }],
  ['connection-state', 'established,related', 'established,related', {}],
  ['connection-nat-state', '!dstnat', '!dstnat', {}],
  ['limit', '10/60,5', '10/1m,5:packet', {}],
  ['address-list-timeout', '90', '1m30s', {}],
  ['time', '08:00:00-17:00:00,fri,mon', '8h-17h,mon,fri', {}],
  ['in-interface', 'ether1', 'ether1', {}],
  ['in-interface', '!bridge', '!bridge', {}],
];

test.each(NORMAL_FORMS)('%s %s prints as %s', async (field, given, printed, rest) => {
  const router = await startLabRouter();
  expect(row(await add(router, { chain: 'own', ...rest, [field]: given }))[field]).toBe(printed);
});

const REFUSED: readonly (readonly [table: string, rule: Record<string, string>, detail: string])[] = [
  ['filter', { action: 'drop' }, 'missing =chain='],
  ['filter', { chain: 'input', action: 'explode' }, 'input does not match any value of action'],
  ['filter', { chain: 'input', 'in-interface': 'ether99' }, 'input does not match any value of in-interface'],
  ['filter', { chain: 'input', 'in-interface-list': 'no' }, 'input does not match any value of in-interface-list'],
  ['filter', { chain: 'input', 'src-address': 'here' }, 'value of range expects range of ip addresses'],
  ['filter', { chain: 'input', protocol: 'carrier' }, 'input does not match any value of protocol'],
  ['filter', { chain: 'input', protocol: 'tcp', 'dst-port': '70000' }, 'value of dst-port out of range (0..65535)'],
  ['filter', { chain: 'input', 'src-mac-address': 'x' }, 'invalid value of src-mac-address, mac address required'],
  [
    'filter',
    { chain: 'input', 'dst-port': '80' },
    'failure: ports can be specified if proto is tcp,udp,udp-lite,dccp,sctp',
  ],
  [
    'filter',
    { chain: 'input', 'out-interface': 'ether1' },
    'failure: outgoing interface matching not possible in input and prerouting chains',
  ],
  ['nat', { chain: 'srcnat', action: 'dst-nat' }, 'failure: dst-nat/redirect action must be in dstnat/output chains'],
  ['mangle', { chain: 'prerouting', action: 'mark-packet' }, 'failure: bad new packet mark'],
  ['filter', { chain: 'input', bytes: '0' }, 'unknown parameter bytes'],
  ['filter', { chain: 'input', 'to-ports': '80' }, 'unknown parameter to-ports'],
];

test.each(REFUSED)('in %s, %j is refused: %s', async (table, rule, detail) => {
  const router = await startLabRouter();
  expect(await add(router, rule, `/ip/firewall/${table}`)).toMatchObject(refusal(detail));
});

test('a rule that jumps to a chain nobody has is taken, one that rejects says how', async () => {
  const router = await startLabRouter();
  expect((await add(router, { chain: 'forward', action: 'jump', 'jump-target': 'later' })).status).toBe(201);
  expect(row(await add(router, { chain: 'own', action: 'reject' }))['reject-with']).toBe('icmp-network-unreachable');
  const marking = { chain: 'prerouting', action: 'mark-connection', 'new-connection-mark': 'voip' };
  expect(row(await add(router, marking, '/ip/firewall/mangle'))['passthrough']).toBe('true');
});

test('rules are placed before others, moved as a block, and copied', async () => {
  const router = await startLabRouter();
  const named = async (comment: string, more: Record<string, string> = {}) =>
    row(await add(router, { chain: 'own', comment, ...more }))['.id'] ?? '';
  const [a, b] = [await named('a'), await named('b')];
  const c = await named('c', { 'place-before': a });
  expect(await own(router)).toEqual(['c', 'a', 'b']);
  await router.post(`${FILTER}/move`, { numbers: `${b},${c}`, destination: a });
  expect(await own(router)).toEqual(['b', 'c', 'a']);
  await router.post(`${FILTER}/move`, { numbers: b });
  expect(await own(router)).toEqual(['c', 'a', 'b']);
  expect(await router.post(`${FILTER}/move`, { numbers: a, destination: a })).toMatchObject(
    refusal('failure: can not move object before itself'),
  );
  expect(await router.post(`${FILTER}/move`, { numbers: '*FF' })).toMatchObject({ status: 404 });
  expect(await router.post(`${FILTER}/move`, {})).toMatchObject(refusal('missing =.id='));
  expect(await router.post(`${FILTER}/set`, { numbers: 'b', comment: 'renamed' })).toMatchObject({ status: 200 });
  expect(await own(router)).toEqual(['c', 'a', 'renamed']);
  const copy = row(await add(router, { 'copy-from': a, comment: 'copy' }));
  expect(copy).toMatchObject({ chain: 'own', comment: 'copy' });
  expect(await add(router, { chain: 'own', 'place-before': '0' }, '/ip/firewall/raw')).toMatchObject({ status: 201 });
});

test('the dummy rule of the router cannot be changed or removed', async () => {
  const router = await startLabRouter();
  const id = rows(await router.get(FILTER))[0]?.['.id'] ?? '';
  expect((await router.remove(`${FILTER}/${id}`)).status).toBe(400);
  expect((await router.patch(`${FILTER}/${id}`, { action: 'drop' })).status).toBe(400);
});

test('counters grow on the router clock and start anew when they are reset', async () => {
  const router = await startLabRouter();
  const packets = async (id: string) => Number(row(await router.get(`${FILTER}/${id}`))['packets']);
  const before = await packets('*9');
  router.device.router.clock.advance(3_600_000);
  expect(await packets('*9')).toBeGreaterThan(before + 3600);
  await router.post(`${FILTER}/reset-counters`, { '.id': '*9' });
  expect(await packets('*9')).toBeLessThan(before);
  expect(await packets('*6')).toBeGreaterThan(1000);
  expect(await router.post(`${FILTER}/reset-counters-all`)).toMatchObject({ status: 200, body: [] });
  expect(await packets('*6')).toBeLessThan(1000);
  expect(await router.post(`${FILTER}/reset-counters`, { '.id': '*FF' })).toMatchObject({ status: 404 });
  expect(await router.post(`${FILTER}/reset-counters`)).toMatchObject(refusal('missing =.id='));
});

test('renaming an interface shows in every rule, removing a list leaves its id', async () => {
  const router = await startLabRouter();
  const list = row(await router.put('/interface/list', { name: 'guests' }))['.id'] ?? '';
  const id = row(await add(router, { chain: 'own', 'in-interface': 'ether3', 'out-interface-list': 'guests' }))['.id'];
  await router.patch('/interface/ether3', { name: 'printer' });
  await router.remove(`/interface/list/${list}`);
  expect(row(await router.get(`${FILTER}/${id}`))).toMatchObject({
    'in-interface': 'printer',
    'out-interface-list': list,
  });
});

test('a rule that logs leaves a line for a packet of management', async () => {
  const router = await startLabRouter();
  const rule = { chain: 'input', action: 'log', 'log-prefix': 'seen', 'connection-state': 'established' };
  await add(router, { ...rule, 'place-before': '*1' });
  await router.get('/system/identity');
  const lines = router.device.router.logLines().map(({ topics, message }) => `${topics} ${message}`);
  expect(lines.at(-1)).toMatch(
    /^firewall,info seen input: in:ether1 out:\(unknown 0\), connection-state:established proto TCP \(PSH,ACK\), 127\.0\.0\.1:\d+->10\.20\.1\.1:80, len/,
  );
});

test('three thousand rules print complete and in order', async () => {
  const router = await startLabRouter();
  for (let number = 0; number < 3000; number++) {
    router.device.router.insert(FILTER, {
      chain: 'own',
      action: 'drop',
      comment: `rule ${number}`,
      'src-address': `10.${number >> 8}.${number & 255}.0/24`,
    });
  }
  const names = await own(router);
  expect([names.length, names[0], names[2999]]).toEqual([3000, 'rule 0', 'rule 2999']);
});

describe.each(['7.12.2', '7.16.2', '7.20.8', '7.22.3'])('RouterOS %s', (version) => {
  test('prints every firewall menu', async () => {
    const router = await startLabRouter({ version });
    for (const family of ['ip', 'ipv6']) {
      for (const menu of ['filter', 'nat', 'mangle', 'raw', 'address-list', 'connection']) {
        expect(await router.get(`/${family}/firewall/${menu}`)).toMatchObject({ status: 200 });
      }
    }
    expect(rows(await router.get('/ip/firewall/service-port'))).toHaveLength(10);
    expect(rows(await router.get('/ip/firewall/layer7-protocol'))).toEqual([]);
    const [drop] = rows(await router.get('/ipv6/firewall/filter?src-address-list=bad_ipv6'));
    expect(drop).toMatchObject({ action: 'drop', chain: 'forward' });
  });
});
