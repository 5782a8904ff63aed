import { expect, onTestFinished, test } from 'vitest';
import { type LabRouter, startLabRouter, until } from './support/lab-router.ts';
import { sshKeyPair } from '../support/ssh-keys.ts';
import { exec, openSsh, openTerminal } from './support/ssh-client.ts';
import type { Client, ConnectConfig } from 'ssh2';

async function login(router: LabRouter, config?: ConnectConfig): Promise<Client> {
  const client = await openSsh(router.device, config);
  onTestFinished(() => void client.end());
  return client;
}

const identity = (router: LabRouter): string | undefined => router.device.router.singleton('/system/identity')['name'];

const logLines = (router: LabRouter): string[] => router.device.router.logLines().map(({ message }) => message);

test('a command that succeeds prints nothing and is in the journal as one that came over SSH', async () => {
  const router = await startLabRouter();
  const client = await login(router);
  expect(await exec(client, '/system identity set name="edge one"')).toEqual({ output: '', status: 0 });
  expect(identity(router)).toBe('edge one');
  expect(router.device.router.journal.entries()).toMatchObject([
    { transport: 'ssh', path: '/system/identity', command: 'set', after: { name: 'edge one' }, user: 'convoy' },
  ]);
});

test('an error is text on standard output, with status 0', async () => {
  const router = await startLabRouter();
  const { output, status } = await exec(await login(router), '/ip/address/add address=10.0.0.1/24 interface=ether99');
  expect(output).toMatch(/^input does not match any value of interface.*\r\n$/);
  expect(status).toBe(0);
});

test('logins and their ends are in the log, and a session is a row of /user/active while it lasts', async () => {
  const router = await startLabRouter();
  const client = await openSsh(router.device);
  await openTerminal(client);
  await until(() => logLines(router).includes('user convoy logged in from 127.0.0.1 via ssh'));
  const active = (): string[] => router.device.router.sessions().map(({ via }) => via);
  expect(active()).toEqual(['ssh']);
  client.end();
  await until(() => active().length === 0);
  expect(logLines(router)).toContain('user convoy logged out from 127.0.0.1 via ssh');
});

test('a wrong password, an unknown user and a group without the policy ssh are refused alike and logged', async () => {
  const router = await startLabRouter();
  await router.put('/user/group', { name: 'rest-only', policy: 'read,api,rest-api' });
  await router.put('/user', { name: 'robot', group: 'rest-only', password: 'secret' });
  for (const config of [{ password: 'wrong' }, { username: 'nobody' }, { username: 'robot' }]) {
    await expect(openSsh(router.device, config)).rejects.toThrow('All configured authentication methods failed');
  }
  expect(logLines(router).filter((line) => line.startsWith('login failure'))).toEqual([
    'login failure for user convoy from 127.0.0.1 via ssh',
    'login failure for user nobody from 127.0.0.1 via ssh',
    'login failure for user robot from 127.0.0.1 via ssh',
  ]);
});

test('a user whose addresses do not include the client is refused', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'far', group: 'full', password: 'secret', address: '10.0.0.0/8' });
  await router.put('/user', { name: 'near', group: 'full', password: 'secret', address: '127.0.0.0/8' });
  await expect(openSsh(router.device, { username: 'far' })).rejects.toThrow('authentication methods failed');
  expect(await exec(await login(router, { username: 'near' }), ':put 1')).toMatchObject({ output: '1\r\n' });
});

test.each([{ rows: 0, cols: 0 }, { rows: 4_294_967_295, cols: 4_294_967_295 }, { username: 'convoy+99999999999w' }])(
  'a terminal of impossible size gets its prompt all the same: %o',
  async ({ username = 'convoy', ...size }) => {
    const router = await startLabRouter();
    const terminal = await openTerminal(await login(router, { username }), { size });
    await until(() => terminal.screen().endsWith('[convoy@lab-01] > '));
    terminal.press(':put "EOC"\r');
    await until(() => /EOC\r\n[^]*> $/.test(terminal.screen()));
  },
);

test.each(['ed25519', 'rsa'] as const)(
  'a user logs in with an %s key, and then no longer with the password',
  async (type) => {
    const router = await startLabRouter();
    const pair = sshKeyPair(type);
    expect(await router.put('/user/ssh-keys', { user: 'convoy', key: pair.public })).toMatchObject({ status: 201 });
    const client = await login(router, { privateKey: pair.private });
    expect(await exec(client, ':put [/system/identity/get name]')).toMatchObject({ output: 'lab-01\r\n' });
    await expect(openSsh(router.device)).rejects.toThrow('All configured authentication methods failed');
    const other = sshKeyPair().private;
    await expect(openSsh(router.device, { privateKey: other })).rejects.toThrow('authentication methods failed');
  },
);

test('the router calls itself ROSSSH and shows the same host key to everybody', async () => {
  const router = await startLabRouter();
  const seen: string[] = [];
  for (let round = 0; round < 2; round++) {
    const client = await login(router, {
      hostHash: 'sha256',
      hostVerifier: (hash: string) => seen.push(hash) > 0,
    });
    expect((client as unknown as { _remoteVer: string })._remoteVer).toBe('ROSSSH');
  }
  expect(new Set(seen).size).toBe(1);
});

test('a terminal gets banner and prompt, echo, and the line once more before its output', async () => {
  const router = await startLabRouter();
  const terminal = await openTerminal(await login(router));
  await until(() => terminal.screen().endsWith('[convoy@lab-01] > '));
  expect(terminal.screen()).toContain('MikroTik RouterOS 7.20.8');
  terminal.press('/system identity sett\b name=shop; :put "EOC"\r');
  await until(() => terminal.screen().endsWith('[convoy@shop] > '));
  expect(terminal.screen()).toContain('\r[convoy@lab-01] > /system identity set name=shop; :put "EOC"\r\n\rEOC\r\n');
});

test('a prompt first wipes its line to the edge of the terminal, then is drawn once more', async () => {
  const router = await startLabRouter();
  const wide = await openTerminal(await login(router, { username: 'convoy+ct40w' }));
  await until(() => wide.screen().endsWith('[convoy@lab-01] > '));
  expect(wide.screen()).toContain(`\r\r\r\r[convoy@lab-01] >${' '.repeat(39 - 17)}\r[convoy@lab-01] > `);
  wide.press(':put "EOC"\r');
  await until(() =>
    wide.screen().endsWith(`EOC\r\n\r\r\r\r[convoy@lab-01] >${' '.repeat(39 - 17)}\r[convoy@lab-01] > `),
  );
});

test('a terminal that says it is a VT52 is one too', async () => {
  const router = await startLabRouter();
  const terminal = await openTerminal(await login(router), { probeAnswer: '\x1b/Z' });
  await until(() => terminal.screen().endsWith('[convoy@lab-01] > '));
});

test('a prompt shows the menu one is in', async () => {
  const router = await startLabRouter();
  const terminal = await openTerminal(await login(router, { username: 'convoy+ct' }));
  await until(() => terminal.screen().endsWith('> '));
  terminal.press('/ip address\r');
  await until(() => terminal.screen().endsWith('[convoy@lab-01] /ip/address> '));
  terminal.press('..\r');
  await until(() => terminal.screen().endsWith('[convoy@lab-01] /ip> '));
});

test('safe mode takes back what anybody changed when its session is cut, and keeps it when it is released', async () => {
  const router = await startLabRouter();
  const client = await openSsh(router.device);
  const terminal = await openTerminal(client);
  await until(() => terminal.screen().endsWith('> '));
  terminal.press('\x18');
  await until(() => terminal.screen().endsWith('\r[convoy@lab-01] <SAFE> > '));
  expect(terminal.screen()).toContain('[Safe Mode taken]\r\n');
  await router.post('/system/identity/set', { name: 'changed-over-rest' });
  const added = await router.put('/ip/address', { address: '10.77.0.1/24', interface: 'ether2' });
  expect(added).toMatchObject({ status: 201 });
  client.destroy();
  await until(() => identity(router) === 'lab-01');
  expect(router.device.router.items('/ip/address').some((item) => item.values['address'] === '10.77.0.1/24')).toBe(
    false,
  );

  const again = await openTerminal(await login(router));
  await until(() => again.screen().endsWith('> '));
  again.press('\x18');
  await until(() => again.screen().includes('<SAFE>'));
  again.press('/system identity set name=kept\r');
  await until(() => again.screen().endsWith('[convoy@kept] <SAFE> > '));
  again.press('\x18');
  await until(() => again.screen().endsWith('\r[convoy@kept] > '));
  expect(again.screen()).toContain('[Safe Mode released]\r\n');
  again.press('\x04');
  await until(() => again.isClosed());
  expect(identity(router)).toBe('kept');
});

test('Ctrl-D in safe mode takes back and leaves; /quit keeps', async () => {
  const router = await startLabRouter({ version: '7.22.3' });
  for (const [keys, expected] of [
    ['\x04', 'lab-01'],
    ['/quit\r', 'mine'],
  ] as const) {
    const terminal = await openTerminal(await login(router));
    await until(() => terminal.screen().endsWith('> '));
    terminal.press('\x18');
    await until(() => terminal.screen().includes('Taking Safe Mode session... Success!'));
    terminal.press('/system/identity/set name=mine\r');
    await until(() => terminal.screen().endsWith('[convoy@mine] <SAFE> > '));
    terminal.press(keys);
    await until(() => router.device.router.safeMode.owner === undefined && identity(router) === expected);
  }
});

test('a second session is asked what to do about the safe mode of another', async () => {
  const router = await startLabRouter();
  const [first, second] = [await openTerminal(await login(router)), await openTerminal(await login(router))];
  await until(() => first.screen().endsWith('> ') && second.screen().endsWith('> '));
  first.press('\x18');
  await until(() => first.screen().includes('<SAFE>'));
  first.press('/system identity set name=first\r');
  await until(() => identity(router) === 'first');
  second.press('\x18');
  await until(() => second.screen().includes("unroll/release/don't take it [u/r/d]:"));
  second.press('u');
  await until(() => second.screen().includes('<SAFE>'));
  expect(identity(router)).toBe('lab-01');
});

test('since 7.18 a menu says who holds the safe mode, and takes it for the session that asks', async () => {
  const router = await startLabRouter();
  expect(await router.get('/safe-mode')).toMatchObject({ body: { enabled: 'false' } });
  const client = await openSsh(router.device);
  const terminal = await openTerminal(client);
  await until(() => terminal.screen().endsWith('> '));
  terminal.press('/safe-mode take\r');
  await until(() => terminal.screen().endsWith('<SAFE> > '));
  expect(await router.get('/safe-mode')).toMatchObject({ body: { enabled: 'true', user: 'convoy', owner: 'ssh' } });
  expect(await router.post('/safe-mode/take', {})).toMatchObject({ status: 400 });
  terminal.press('/system identity set name=held\r');
  await until(() => identity(router) === 'held');
  client.destroy();
  await until(() => identity(router) === 'lab-01');
  expect(await (await startLabRouter({ version: '7.16.2' })).get('/safe-mode')).toMatchObject({
    status: 400,
    body: { detail: 'no such command or directory (safe-mode)' },
  });
});

test('more than a hundred changes leave safe mode silently', async () => {
  const router = await startLabRouter();
  const client = await openSsh(router.device);
  const terminal = await openTerminal(client);
  await until(() => terminal.screen().endsWith('> '));
  terminal.press('\x18');
  await until(() => terminal.screen().includes('<SAFE>'));
  for (let index = 0; index <= 100; index++) await router.post('/system/identity/set', { name: `name-${index}` });
  client.destroy();
  await until(() => router.device.router.sessions().every(({ via }) => via !== 'ssh'));
  expect(identity(router)).toBe('name-100');
});

test('long output of print is shown page by page', async () => {
  const router = await startLabRouter();
  for (let index = 0; index < 30; index++) router.device.router.log('system,info', `line ${index} of the log`);
  const terminal = await openTerminal(await login(router));
  await until(() => terminal.screen().endsWith('> '));
  terminal.press('/log print\r');
  await until(() => terminal.screen().endsWith('-- [Q quit|D dump|down]'));
  expect(terminal.screen()).not.toContain('line 29 of the log');
  terminal.press('d');
  await until(() => terminal.screen().endsWith('[convoy@lab-01] > '));
  expect(terminal.screen()).toContain('line 29 of the log');
});

test.each([
  [{ kind: 'error', detail: 'action timed out' }, 'action timed out\r\n', 'lab-01'],
  [{ kind: 'wrong_body', detail: 'name: other' }, 'name: other\r\n', 'new'],
  [{ kind: 'slow_body', latencyMs: 30 }, '', 'new'],
  [{ kind: 'latency', latencyMs: 10 }, '', 'new'],
] as const)('the fault %j works over SSH too', async (fault, output, expected) => {
  const router = await startLabRouter();
  await router.device.setFaults([{ ...fault, match: { method: 'SSH', path: '/system/identity/set' } }]);
  const client = await login(router);
  expect((await exec(client, '/system identity set name=new')).output).toBe(output);
  expect(identity(router)).toBe(expected);
});

test.each([
  ['close', 'lab-01'],
  ['drop_reply', 'new'],
] as const)('the fault %s cuts the connection', async (kind, expected) => {
  const router = await startLabRouter();
  await router.device.setFaults([{ kind, count: 1, match: { method: 'SSH' } }]);
  expect(await exec(await login(router), '/system identity set name=new')).toMatchObject({ status: null });
  expect(identity(router)).toBe(expected);
});

test('a command whose connection is cut is no longer on its way', async () => {
  const router = await startLabRouter();
  await router.device.setFaults([{ kind: 'close', count: 1, match: { method: 'SSH' } }]);
  expect(await exec(await login(router), ':put cut')).toMatchObject({ status: null });
  expect((await exec(await login(router), ':put whole')).output).toBe('whole\r\n');
  expect(router.device.router.journal.counters).toMatchObject({ requests: 2, maxInFlight: 1 });
});

test('a command held by a fault is let go when faults change', async () => {
  const router = await startLabRouter();
  await router.device.setFaults([{ kind: 'hang', match: { method: 'SSH', path: '/system' } }]);
  const client = await login(router);
  const held = exec(client, '/system identity set name=new');
  await until(() => router.device.router.journal.counters.requests === 1);
  await router.device.setFaults([]);
  expect(await held).toMatchObject({ status: null });
  expect(identity(router)).toBe('lab-01');
});

test('a router without power refuses, and one that is back shows the host key it had', async () => {
  const router = await startLabRouter();
  const hashes: string[] = [];
  const remember = { hostHash: 'sha256' as const, hostVerifier: (hash: string) => hashes.push(hash) > 0 };
  await login(router, remember);
  await router.device.switchOff();
  await expect(openSsh(router.device)).rejects.toThrow('ECONNREFUSED');
  await router.device.switchOn();
  await login(router, remember);
  expect(hashes[0]).toBe(hashes[1]);
});
