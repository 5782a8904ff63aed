import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createDeviceSession } from '../../../activities/routeros/device-session.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { answer, startSshService, type SshService } from '../../support/ssh-service.ts';

const SCRIPT = '/export terse hide-sensitive;:put "# end of export"';
const PRINTED = '# 2024-10-25 12:09:43 by RouterOS 7.15.2\r\n/ip dns set servers=9.9.9.9\r\n# end of export\r\n';
const TEXT = '# 2024-10-25 12:09:43 by RouterOS 7.15.2\n/ip dns set servers=9.9.9.9\n';

/** A router whose REST service answers to `execute` as given, and with an SSH service when `ssh` is given. */
async function routerThat(
  execute: (body: string) => { status?: number; body: string },
  ssh?: SshService,
): Promise<{ router: Router; bodies: string[] }> {
  const bodies: string[] = [];
  const listener: RequestListener = (request, response) => {
    void text(request).then((body) => {
      bodies.push(`${request.method} ${request.url} ${body}`);
      const reply = execute(body);
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' }).end(reply.body);
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const session = createDeviceSession({
    host: '127.0.0.1',
    restPort: (server.address() as AddressInfo).port,
    tls: { mode: 'plaintext' },
    username: 'convoy',
    password: 'secret',
    ssh: ssh ? { port: ssh.port, hostKey: ssh.hostKey } : null,
    limits: { readBackoffMs: [] },
  });
  onTestFinished(async () => {
    await session.close();
    server.closeAllConnections();
    server.close();
  });
  return { router: session.router({ paths: ['/export'], effect: 'read' }), bodies };
}

async function sshThatPrints(printed: string | Buffer, exitCode = 0): Promise<SshService> {
  const service = await startSshService({ onExec: (_line, channel) => answer(channel, printed, exitCode) });
  onTestFinished(() => service.stop());
  return service;
}

const detail = (status: number, words: string) => ({
  status,
  body: JSON.stringify({ detail: words, error: status, message: 'Bad Request' }),
});
const ret = (printed: string) => ({ body: JSON.stringify({ ret: printed }) });

test('REST is the way where it works, and SSH is not even connected', async () => {
  const ssh = await sshThatPrints(PRINTED);
  const { router, bodies } = await routerThat(() => ret(PRINTED), ssh);
  expect(await router.exportConfiguration({ format: 'terse' })).toEqual({ text: TEXT, transport: 'rest' });
  expect(bodies).toEqual([`POST /rest/execute ${JSON.stringify({ script: SCRIPT, 'as-string': '' })}`]);
  expect(ssh.connections).toBe(0);
});

test('a menu and a format become one exact line', async () => {
  const ssh = await sshThatPrints(PRINTED);
  const { router } = await routerThat(() => detail(400, 'no such command'), ssh);
  await router.exportConfiguration({ menu: '/ip/firewall/filter', format: 'compact' });
  expect(ssh.lines).toEqual(['/ip/firewall/filter/export compact hide-sensitive;:put "# end of export"']);
});

test.each([
  ['there is no such command', detail(400, 'no such command')],
  ['it knows no as-string', detail(400, 'unknown parameter as-string')],
  ['it starts a job instead', ret('*B546')],
  ['it returns nothing', { body: '[]' }],
  ['the user may not run console code', detail(500, 'not enough permissions (9)')],
  ['it ends the request after its own limit', detail(400, 'Session closed')],
  ['it cuts the text off', ret('# 2024-10-25 12:09:43 by RouterOS 7.15.2\r\n/ip dns set ser')],
])('SSH is the way where REST does not do: %s', async (_, reply) => {
  const ssh = await sshThatPrints(PRINTED);
  const { router } = await routerThat(() => reply, ssh);
  expect(await router.exportConfiguration({ format: 'terse' })).toEqual({ text: TEXT, transport: 'ssh' });
  expect(ssh.lines).toEqual([SCRIPT]);
});

test('a router without SSH says what REST said, and what could help', async () => {
  const { router } = await routerThat(() => detail(400, 'no such command'));
  await expect(router.exportConfiguration({ format: 'terse' })).rejects.toMatchObject({
    code: 'DEVICE_UNSUPPORTED',
    hint: expect.stringContaining('--ssh-port'),
  });
});

test.each([
  ['DEVICE_UNSUPPORTED', ret('bad command name wifi (line 1 column 12)\r\n')],
  ['DEVICE_PERMISSION_DENIED', ret('not enough permissions (9)\r\n')],
  ['DEVICE_AUTH_FAILED', { status: 401, body: '{"error":401,"message":"Unauthorized"}' }],
])('what the router refuses for itself is %s at once: SSH would be refused as well', async (code, reply) => {
  const ssh = await sshThatPrints(PRINTED);
  const { router } = await routerThat(() => reply, ssh);
  const asked = router.exportConfiguration({ menu: '/interface/wifi', format: 'terse' });
  await expect(asked).rejects.toMatchObject({ code });
  expect(ssh.connections).toBe(0);
});

test.each([
  ['DEVICE_UNSUPPORTED', 'bad command name wifi (line 1 column 12)\r\n', 0],
  ['DEVICE_PERMISSION_DENIED', 'not enough permissions (9)\r\n', 0],
  ['DEVICE_ERROR', 'something nobody has seen\r\n', 1],
  ['DEVICE_REPLY_INVALID', '# 2024-10-25 12:09:43 by RouterOS 7.15.2\r\n/ip dns set ser', 0],
  ['DEVICE_REPLY_INVALID', '', 0],
  ['DEVICE_ERROR', PRINTED.replace('# end of export', 'interrupted'), 0],
] as const)('over SSH a refusal is known by its text: %s for %j with exit code %d', async (code, printed, exitCode) => {
  const { router } = await routerThat(() => detail(400, 'no such command'), await sshThatPrints(printed, exitCode));
  await expect(router.exportConfiguration({ format: 'terse' })).rejects.toMatchObject({ code });
});

test("a changed host key, a refused login and a router's silence have codes of their own", async () => {
  const ssh = await sshThatPrints(PRINTED);
  const other = await startSshService({ password: 'another' });
  onTestFinished(() => other.stop());
  const none = detail(400, 'no such command');
  const changed = (await routerThat(() => none, { ...ssh, hostKey: other.hostKey })).router;
  await expect(changed.exportConfiguration({ format: 'terse' })).rejects.toMatchObject({
    code: 'DEVICE_HOST_KEY_CHANGED',
    details: { shownHostKey: ssh.hostKey, transport: 'ssh' },
  });
  const refusing = (await routerThat(() => none, other)).router;
  await expect(refusing.exportConfiguration({ format: 'terse' })).rejects.toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  await ssh.stop();
  const gone = (await routerThat(() => none, ssh)).router;
  await expect(gone.exportConfiguration({ format: 'terse' })).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE' });
});

test('text that is not UTF-8 is read as what WinBox wrote', async () => {
  const bytes = Buffer.concat([
    Buffer.from('/ip address add address=10.0.0.1/24 comment=caf'),
    Buffer.from([0xe9]),
    Buffer.from('\r\n# end of export\r\n'),
  ]);
  const { router } = await routerThat(() => detail(400, 'no such command'), await sshThatPrints(bytes));
  expect((await router.exportConfiguration({ format: 'terse' })).text).toBe(
    '/ip address add address=10.0.0.1/24 comment=café\n',
  );
});

test('secrets that the router exports in the clear leave the port masked, and whole', async () => {
  const printed = '/snmp community\r\nset [ find default=yes ] name=\\\r\n    s3cret\r\n# end of export\r\n';
  const { router } = await routerThat(() => ret(printed));
  expect((await router.exportConfiguration({ format: 'compact' })).text).toBe(
    '/snmp community\nset [ find default=yes ] name=***\n',
  );
});

test('an operation that did not declare it exports nothing', async () => {
  const { router, bodies } = await routerThat(() => ret(PRINTED));
  expect((await router.exportConfiguration({ format: 'terse' })).transport).toBe('rest');
  const session = createDeviceSession({
    host: '127.0.0.1',
    restPort: 1,
    tls: { mode: 'plaintext' },
    username: 'convoy',
    password: 'secret',
  });
  onTestFinished(() => session.close());
  const narrow = session.router({ paths: ['/ip/dns'], effect: 'write' });
  await expect(narrow.exportConfiguration({ format: 'terse' })).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  expect(bodies).toHaveLength(1);
});
