import { expect, test } from 'vitest';
import { startLabRouter } from './support/lab-router.ts';

const REFUSALS: readonly [
  name: string,
  method: string,
  path: string,
  body: unknown,
  status: number,
  detail?: string,
][] = [
  ['an unknown directory', 'GET', '/ip/nowhere', undefined, 400, 'no such command or directory (nowhere)'],
  ['the first unknown word', 'GET', '/nothing/here', undefined, 400, 'no such command or directory (nothing)'],
  ['a directory without rows', 'GET', '/ip', undefined, 400, 'no such command'],
  ['a command path with GET', 'GET', '/ip/dns/print', undefined, 400, 'no such command'],
  ['a list command path with GET', 'GET', '/ip/address/add', undefined, 400, 'no such command'],
  ['POST without a command', 'POST', '/ip/address', {}, 400, 'no such command'],
  ['an unknown command', 'POST', '/ip/dns/flush-it', {}, 400, 'no such command'],
  [
    'a command of a directory that has none',
    'POST',
    '/system/shutdwn',
    {},
    400,
    'no such command or directory (shutdwn)',
  ],
  ['an unknown id', 'GET', '/ip/address/*99', undefined, 404],
  ['an unknown name', 'GET', '/interface/ether99', undefined, 404],
  ['setting an unknown id', 'PATCH', '/ip/address/*99', { comment: 'x' }, 404],
  ['unknown numbers', 'POST', '/ip/address/remove', { numbers: '*99' }, 404],
  ['PATCH of a singleton', 'PATCH', '/ip/dns', { servers: '1.1.1.1' }, 400, 'missing or invalid resource identifier'],
  ['PATCH of a list without an id', 'PATCH', '/ip/address', {}, 400, 'missing or invalid resource identifier'],
  ['DELETE of a singleton', 'DELETE', '/ip/dns', undefined, 400, 'missing or invalid resource identifier'],
  ['an escaped asterisk', 'GET', '/ip/address/%2A1', undefined, 400, 'missing or invalid resource identifier'],
  ['PUT where rows cannot be added', 'PUT', '/interface', {}, 400, 'no such command or directory (add)'],
  [
    'DELETE where rows cannot be removed',
    'DELETE',
    '/interface/*1',
    undefined,
    400,
    'no such command or directory (remove)',
  ],
  ['an unknown field', 'POST', '/ip/dns/set', { server: '1.1.1.1' }, 400, 'unknown parameter server'],
  [
    'an unknown field of a row that is named',
    'PATCH',
    '/ip/service/www',
    { ports: '81' },
    400,
    'missing or invalid resource identifier',
  ],
  ['an unknown field of a row by its id', 'PATCH', '/ip/address/*1', { mask: '8' }, 400, 'unknown parameter mask'],
  ['a read-only field', 'POST', '/ip/dns/set', { 'cache-used': '1' }, 400, 'unknown parameter cache-used'],
  ['a body with an id given back', 'PUT', '/ip/address', { '.id': '*1' }, 400, 'unknown parameter .id'],
  ['query keys in a body', 'POST', '/interface/print', { '?name': 'ether1' }, 400, 'unknown parameter ?name'],
  ['a missing argument', 'PUT', '/ip/address', { interface: 'ether2' }, 400, 'missing =address='],
  ['a missing id', 'POST', '/ip/address/remove', {}, 400, 'missing =.id='],
  [
    'a malformed address',
    'PUT',
    '/ip/address',
    { address: '10.0.0.300', interface: 'ether2' },
    400,
    'invalid value for argument address',
  ],
  [
    'an unknown interface',
    'PUT',
    '/ip/address',
    { address: '10.0.0.1', interface: 'ether99' },
    400,
    'input does not match any value of interface',
  ],
  ['a malformed list', 'POST', '/ip/dns/set', { servers: '1.1.1.1,nope' }, 400, 'invalid value for argument servers'],
  [
    'a word that is no boolean',
    'POST',
    '/ip/dns/set',
    { 'allow-remote-requests': 'True' },
    400,
    'input does not match any value of allow-remote-requests',
  ],
  [
    'trailing characters',
    'PATCH',
    '/interface/ether1',
    { mtu: '1500x' },
    400,
    'value of mtu contains invalid trailing characters',
  ],
  [
    'a number out of range',
    'PUT',
    '/ip/route',
    { gateway: '10.20.0.1', distance: '300' },
    400,
    'value of distance out of range (1..255)',
  ],
  [
    'a malformed duration',
    'POST',
    '/ip/dns/set',
    { 'doh-timeout': 'soon' },
    400,
    'invalid value for argument doh-timeout',
  ],
  [
    'a duplicate address',
    'PUT',
    '/ip/address',
    { address: '192.168.88.1/24', interface: 'ether2' },
    400,
    'failure: already have such address',
  ],
  [
    'a duplicate interface name',
    'PATCH',
    '/interface/ether1',
    { name: 'ether2' },
    400,
    'failure: already have interface with such name',
  ],
  ['a group that is in use', 'DELETE', '/user/group/full', undefined, 400, 'failure: group has some users'],
  ['a session row', 'POST', '/user/active/remove', { '.id': '*C1' }, 400, 'action failed (6)'],
  ['a body that is no JSON', 'POST', '/ip/dns/set', '{servers', 400],
  ['a body that is no object', 'POST', '/ip/dns/set', '["servers"]', 400],
];

test.for(REFUSALS)('%s is refused in the words of the device', async ([, method, path, body, status, detail]) => {
  const router = await startLabRouter();
  const before = router.device.router.state();
  const reply = await router.send(method, path, body);
  const message = status === 404 ? 'Not Found' : 'Bad Request';
  expect(reply).toMatchObject({
    status,
    body: detail === undefined ? { error: status, message } : { detail, error: status, message },
  });
  expect(Object.keys(reply.body as object)).toEqual(
    detail === undefined ? ['error', 'message'] : ['detail', 'error', 'message'],
  );
  expect(router.device.router.journal.entries()).toEqual([]);
  expect(router.device.router.state()['/ip/address']).toEqual(before['/ip/address']);
});

test('a menu that the board does not have is an unknown directory', async () => {
  const router = await startLabRouter({ board: 'chr' });
  expect((await router.get('/system/routerboard')).body).toMatchObject({
    detail: 'no such command or directory (routerboard)',
  });
  expect((await router.get('/system/resource')).body).toMatchObject({ 'board-name': 'CHR' });
});

test('fields and commands that came with a later version are unknown before it', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  expect((await router.get('/ip/dns')).body).not.toHaveProperty('vrf');
  expect((await router.post('/ip/dns/set', { vrf: 'main' })).body).toMatchObject({ detail: 'unknown parameter vrf' });
  expect((await router.post('/user/active/remove', {})).body).toMatchObject({ detail: 'no such command' });
});

test('a row that the router made itself cannot be changed or removed', async () => {
  const router = await startLabRouter();
  const [connected] = router.device.router.rows('/ip/route');
  const refused = { status: 400, body: { detail: 'failure: can not change dynamic entry' } };
  expect(await router.patch(`/ip/route/${connected?.['.id']}`, { comment: 'x' })).toMatchObject(refused);
  expect(await router.remove(`/ip/route/${connected?.['.id']}`)).toMatchObject(refused);
});
