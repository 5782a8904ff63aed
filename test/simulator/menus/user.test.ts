import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1rYQ3q3sR0l0y7zZ8w3p8cN2h9m1uXo5p5i2cJQ0fT me@host';

test('a new router has the three built-in groups, which stay', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/user/group')).map(({ '.id': id, name }) => [id, name])).toEqual([
    ['*1', 'read'],
    ['*2', 'write'],
    ['*3', 'full'],
  ]);
  expect(row(await router.get('/user/group/read'))['policy']).toBe(
    'local,telnet,ssh,reboot,read,test,winbox,password,web,sniff,sensitive,api,romon,rest-api,!ftp,!write,!policy',
  );
  expect(await router.remove('/user/group/*1')).toMatchObject({
    status: 400,
    body: { detail: 'failure: can not remove default entry' },
  });
});

test('a user is shown without his password, also when it is asked for', async () => {
  const router = await startLabRouter();
  const added = await router.put('/user', { name: 'nina', group: 'read', password: 'correct horse' });
  expect(added).toMatchObject({
    status: 201,
    body: { '.id': '*3', address: '', disabled: 'false', expired: 'false', group: 'read', name: 'nina' },
  });
  expect(rows(await router.get('/user?.proplist=name,password&name=nina'))).toEqual([{ '.id': '*3', name: 'nina' }]);
  expect(row(await router.get('/user/admin'))['comment']).toBe('system default user');
});

test('a changed password holds from the next request on', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'nina', group: 'full', password: 'first' });
  expect((await router.as('nina', 'first').get('/system/identity')).status).toBe(200);
  await router.patch('/user/nina', { password: 'second' });
  expect((await router.as('nina', 'first').get('/system/identity')).status).toBe(401);
  expect((await router.as('nina', 'second').get('/system/identity')).status).toBe(200);
});

test('who disables himself is told that it worked, and is not disabled', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'nina', group: 'full', password: 'first' });
  const nina = router.as('nina', 'first');
  expect(await nina.send('PATCH', '/user/nina', { disabled: 'true' })).toMatchObject({
    status: 200,
    body: { disabled: 'false' },
  });
  await router.patch('/user/nina', { disabled: 'true' });
  expect((await nina.get('/system/identity')).status).toBe(401);
});

test('the last full user can be neither removed nor disabled nor put into another group', async () => {
  const router = await startLabRouter();
  await router.remove('/user/admin');
  expect((await router.remove('/user/convoy')).status).toBe(400);
  expect((await router.patch('/user/convoy', { group: 'read' })).status).toBe(400);
});

test('settings can ask for length and categories of characters', async () => {
  const router = await startLabRouter();
  await router.post('/user/settings/set', { 'minimum-password-length': 8, 'minimum-categories': 3 });
  expect((await router.put('/user', { name: 'a', group: 'read', password: 'Ab1' })).status).toBe(400);
  expect((await router.put('/user', { name: 'a', group: 'read', password: 'abcdefgh' })).status).toBe(400);
  expect((await router.put('/user', { name: 'a', group: 'read', password: 'Abcdefg1' })).status).toBe(201);
});

test('everybody may change his own password who has the policy for it', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'nina', group: 'read', password: 'first' });
  const change = { 'old-password': 'first', 'new-password': 'second', 'confirm-new-password': 'second' };
  const nina = router.as('nina', 'first');
  expect(await nina.post('/password', { ...change, 'old-password': 'x' })).toMatchObject({ status: 400 });
  expect(await nina.post('/password', change)).toMatchObject({ status: 200, body: [] });
  expect((await router.as('nina', 'second').get('/system/identity')).status).toBe(200);
  expect(JSON.stringify(router.device.router.journal.entries())).not.toContain('second');
});

test('expire-password marks a user until he gets another password', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'nina', group: 'read', password: 'first' });
  await router.post('/user/expire-password', { numbers: 'nina' });
  expect(row(await router.get('/user/nina'))['expired']).toBe('true');
  await router.patch('/user/nina', { password: 'second' });
  expect(row(await router.get('/user/nina'))['expired']).toBe('false');
});

test('inactivity settings exist since 7.16', async () => {
  const older = await startLabRouter({ version: '7.12.2' });
  expect(row(await older.get('/user/admin'))).not.toHaveProperty('inactivity-policy');
  const newer = await startLabRouter();
  expect(row(await newer.get('/user/admin'))).toMatchObject({
    'inactivity-policy': 'none',
    'inactivity-timeout': '10m',
  });
});

test('a key is listed with type, bits and fingerprint, its text is not', async () => {
  const router = await startLabRouter();
  const added = await router.put('/user/ssh-keys', { user: 'admin', key: ED25519 });
  expect(added).toMatchObject({ status: 201 });
  expect(row(added)).toEqual({
    '.id': '*1',
    bits: '256',
    fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/) as unknown,
    'key-owner': 'me@host',
    'key-type': 'ed25519',
    user: 'admin',
  });
});

test.for([
  ['7.12.2', ['.id', 'RSA', 'key-owner', 'key-type', 'user']],
  ['7.16.2', ['.id', 'bits', 'key-owner', 'key-type', 'user']],
  ['7.22.3', ['.id', 'bits', 'fingerprint', 'info', 'key-type', 'user']],
] as const)('the keys of a row in %s are those of its time', async ([version, keys]) => {
  const router = await startLabRouter({ version });
  expect(Object.keys(row(await router.put('/user/ssh-keys', { user: 'admin', key: ED25519 })))).toEqual(keys);
});

test('RSA keys tell their size; ECDSA keys and nonsense are refused in the same words', async () => {
  const router = await startLabRouter();
  const pem = (
    key: { export(options: { type: 'pkcs1' | 'sec1'; format: 'pem' }): string | Buffer },
    type: 'pkcs1' | 'sec1',
  ) => ssh2.utils.parseKey(key.export({ type, format: 'pem' }).toString());
  const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'pkcs1');
  const ec = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'sec1');
  if (rsa instanceof Error || ec instanceof Error) throw new Error('no keys');
  const line = (key: ssh2.ParsedKey) => `${key.type} ${key.getPublicSSH().toString('base64')}`;
  expect(row(await router.put('/user/ssh-keys', { user: 'admin', key: line(rsa) }))).toMatchObject({
    bits: '2048',
    'key-type': 'rsa',
  });
  const refusal = {
    status: 400,
    body: { detail: 'failure: unable to load key file (wrong format or bad passphrase)!' },
  };
  expect(await router.put('/user/ssh-keys', { user: 'admin', key: line(ec) })).toMatchObject(refusal);
  expect(await router.put('/user/ssh-keys', { user: 'admin', key: 'nonsense' })).toMatchObject(refusal);
});

test('a key is imported from a file, which is gone then', async () => {
  const router = await startLabRouter();
  await router.put('/file', { name: 'key.pub', contents: ED25519 });
  await router.post('/user/ssh-keys/import', { 'public-key-file': 'key.pub', user: 'admin' });
  expect(rows(await router.get('/user/ssh-keys'))).toMatchObject([{ user: 'admin', 'key-owner': 'me@host' }]);
  expect(rows(await router.get('/file?name=key.pub'))).toEqual([]);
});

test('keys follow their user and cannot be changed', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'nina', group: 'full', password: 'first' });
  await router.put('/user/ssh-keys', { user: 'nina', key: ED25519 });
  await router.patch('/user/nina', { name: 'nora' });
  expect(rows(await router.get('/user/ssh-keys'))).toMatchObject([{ user: 'nora' }]);
  expect((await router.patch('/user/ssh-keys/*1', { user: 'admin' })).status).toBe(400);
  await router.remove('/user/nora');
  expect(rows(await router.get('/user/ssh-keys'))).toEqual([]);
});

test('REST logins stay, one with the address and one without, and cannot be removed', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/user/active'))).toMatchObject([
    { address: '127.0.0.1', group: 'full', name: 'convoy', radius: 'false', via: 'rest-api' },
    { group: 'full', name: 'convoy', via: 'api' },
  ]);
  const [session] = rows(await router.get('/user/active'));
  expect(await router.post('/user/active/remove', { '.id': session?.['.id'] })).toMatchObject({
    status: 400,
    body: { detail: 'action failed (6)' },
  });
  expect((await router.post('/user/active/remove', { '.id': '*FFFF' })).status).toBe(404);
  expect(row(await router.get('/user/convoy'))).not.toHaveProperty('last-logged-in');
});

test('a login that can end is ended; up to 7.18 the command is request-logout', async () => {
  const router = await startLabRouter({ version: '7.16.2' });
  const { device } = router;
  device.router.openSession('admin', '192.168.88.5', 'ssh', () =>
    device.router.endSession('admin', '192.168.88.5', 'ssh'),
  );
  const find = async () => rows(await router.get('/user/active?via=ssh'));
  expect(await find()).toMatchObject([{ name: 'admin', address: '192.168.88.5' }]);
  expect(row(await router.get('/user/admin'))).toHaveProperty('last-logged-in');
  await router.post('/user/active/request-logout', { '.id': (await find())[0]?.['.id'] });
  expect(await find()).toEqual([]);
});
