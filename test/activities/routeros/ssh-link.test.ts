import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { ObservedRequest } from '../../../activities/routeros/router-target.ts';
import { shownHostKey } from '../../../activities/routeros/ssh-host-key.ts';
import { createSshLink, type SshLink } from '../../../activities/routeros/ssh-link.ts';
import type { SshLimits } from '../../../activities/routeros/ssh-target.ts';
import { sshKeyPair } from '../../support/ssh-keys.ts';
import { answer, startSshService, type SshService, type SshServiceOptions } from '../../support/ssh-service.ts';
import { waitUntil } from '../../support/wait-until.ts';

const LIMITS: SshLimits = {
  connectTimeoutMs: 2_000,
  commandTimeoutMs: 2_000,
  maxReplyBytes: 64 * 1024,
  idleMs: 10_000,
};
const SAY = { name: 'say', line: 'say hello' };

async function service(options: SshServiceOptions = {}): Promise<SshService> {
  const started = await startSshService(options);
  onTestFinished(() => started.stop());
  return started;
}

function linkTo(
  { port, hostKey }: { port: number; hostKey: string },
  options: Omit<Partial<Parameters<typeof createSshLink>[0]>, 'ssh'> & { limits?: Partial<SshLimits> } = {},
): SshLink & { observed: ObservedRequest[] } {
  const observed: ObservedRequest[] = [];
  const { limits, ...rest } = options;
  const link = createSshLink({
    host: '127.0.0.1',
    username: 'convoy',
    password: 'secret',
    observe: (request) => observed.push(request),
    ...rest,
    ssh: { port, hostKey, limits: { ...LIMITS, ...limits } },
  });
  onTestFinished(() => link.close());
  return { ...link, observed };
}

const failing = (kind: string, more: object = {}) => expect.objectContaining({ name: 'SshFailure', kind, ...more });

test('commands run one after the other over one connection, which closing ends', async () => {
  let running = 0;
  const router = await service({
    onExec: (line, channel) => {
      expect((running += 1)).toBe(1);
      setImmediate(() => {
        running -= 1;
        answer(channel, `${line}\r\n`);
      });
    },
  });
  const link = linkTo(router);
  const replies = await Promise.all(['a', 'b', 'c'].map((line) => link.send({ name: 'say', line })));
  expect(replies.map(({ bytes, exitCode }) => [bytes.toString(), exitCode])).toEqual([
    ['a\r\n', 0],
    ['b\r\n', 0],
    ['c\r\n', 0],
  ]);
  expect(router.lines).toEqual(['a', 'b', 'c']);
  expect(router.connections).toBe(1);
  expect(link.observed).toMatchObject([
    { method: 'SSH', path: 'say', outcome: 'ok' },
    { method: 'SSH', path: 'say', outcome: 'ok' },
    { method: 'SSH', path: 'say', outcome: 'ok' },
  ]);
  await link.close();
  await waitUntil('all connections to be closed', () => router.open() === 0);
});

test('nothing is connected before the first command', async () => {
  const router = await service();
  const link = linkTo(router);
  await link.close();
  expect(router.connections).toBe(0);
});

test('a connection that nobody uses is closed, and the next command makes another', async () => {
  const router = await service();
  const link = linkTo(router, { limits: { idleMs: 30 } });
  await link.send(SAY);
  await waitUntil('all connections to be closed', () => router.open() === 0);
  await link.send(SAY);
  expect(router.connections).toBe(2);
});

test('a kept connection that the router has cut is replaced without the caller noticing', async () => {
  const router = await service();
  const link = linkTo(router);
  await link.send(SAY);
  router.cutAll();
  expect((await link.send(SAY)).bytes.toString()).toBe('say hello\r\n');
  expect(router.connections).toBe(2);
});

test('another host key than the pinned one is refused before name and password are sent, and is told', async () => {
  const router = await service();
  const pinned = (await service()).hostKey;
  const link = linkTo({ port: router.port, hostKey: pinned });
  await expect(link.send(SAY)).rejects.toEqual(failing('host_key', { shown: router.hostKey }));
  expect(router.logins).toEqual([]);
  expect(link.observed).toMatchObject([{ outcome: 'ssh_host_key' }]);
});

test('the host key is checked on every connection, not only on the first', async () => {
  const first = await startSshService();
  const link = linkTo(first, { limits: { idleMs: 30 } });
  await link.send(SAY);
  await first.stop();
  const second = await service({ port: first.port });
  await expect(link.send(SAY)).rejects.toEqual(failing('host_key', { shown: second.hostKey }));
  expect(second.lines).toEqual([]);
});

test('looking at a host key sends no login', async () => {
  const router = await service();
  expect(await shownHostKey({ host: '127.0.0.1', port: router.port, timeoutMs: 2_000 })).toBe(router.hostKey);
  expect(router.hostKey).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  expect(router.logins).toEqual([]);
});

test('a wrong password is a refused login', async () => {
  const router = await service({ password: 'another' });
  await expect(linkTo(router).send(SAY)).rejects.toEqual(failing('login'));
  expect(router.lines).toEqual([]);
});

test('a key logs in alone, and the password is only tried when the key is refused', async () => {
  const key = sshKeyPair();
  const router = await service({ publicKey: key.public, password: 'another' });
  const link = linkTo(router, { sshPrivateKey: key.private });
  await link.send(SAY);
  expect(new Set(router.logins)).toEqual(new Set(['publickey']));

  const strict = await service();
  await linkTo(strict, { sshPrivateKey: key.private }).send(SAY);
  expect(strict.logins.at(-1)).toBe('password');
});

test('a private key that cannot be read fails before anything is sent', async () => {
  const router = await service();
  await expect(linkTo(router, { sshPrivateKey: 'no key' }).send(SAY)).rejects.toEqual(failing('private_key'));
  expect(router.connections).toBe(0);
});

test('a command without an end is given up in time, and what comes later meets a new connection', async () => {
  let calls = 0;
  const router = await service({
    onExec: (line, channel) => {
      if ((calls += 1) > 1) answer(channel, line);
    },
  });
  const link = linkTo(router, { limits: { commandTimeoutMs: 100 } });
  await expect(link.send(SAY)).rejects.toEqual(failing('timeout'));
  expect((await link.send(SAY)).bytes.toString()).toBe('say hello');
  expect(router.connections).toBe(2);
});

test('a connection that is cut in the middle of an answer is no answer', async () => {
  const router = await service({
    onExec: (_line, channel, connection) => {
      channel.write('half of the tex');
      setImmediate(() => connection.end());
    },
  });
  await expect(linkTo(router).send(SAY)).rejects.toEqual(failing('closed'));
});

test('a reply that is too large is cut off', async () => {
  const router = await service({ onExec: (_line, channel) => answer(channel, Buffer.alloc(200 * 1024, 'x')) });
  await expect(linkTo(router).send(SAY)).rejects.toEqual(failing('too_large'));
});

test('a router that takes no channel is told apart', async () => {
  const router = await service({ refusesChannels: true });
  await expect(linkTo(router).send(SAY)).rejects.toEqual(failing('no_channel'));
});

test('what is printed as error text and the exit code are part of the reply', async () => {
  const router = await service({
    onExec: (_line, channel) => {
      channel.stderr.write('no such item\r\n');
      channel.exit(1);
      channel.end();
    },
  });
  const { bytes, exitCode } = await linkTo(router).send(SAY);
  expect([bytes.toString(), exitCode]).toEqual(['no such item\r\n', 1]);
});

test('a port where nobody listens, that says nothing, or that speaks no SSH', async () => {
  // Whoever gives up resets the connection, which a socket without a listener takes for a failure of the test.
  const calm = (socket: Socket): Socket => socket.on('error', () => undefined).resume();
  const silent = createServer(calm);
  const http = createServer((socket) => calm(socket).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const portOf = async (server: typeof silent): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const hostKey = 'SHA256:';
  const limits = { connectTimeoutMs: 150 };
  const silentPort = await portOf(silent);
  const httpPort = await portOf(http);
  onTestFinished(() => void silent.close());
  await expect(linkTo({ port: silentPort, hostKey }, { limits }).send(SAY)).rejects.toEqual(failing('slow'));
  await expect(shownHostKey({ host: '127.0.0.1', port: silentPort, timeoutMs: 150 })).rejects.toEqual(failing('slow'));
  await expect(linkTo({ port: httpPort, hostKey }).send(SAY)).rejects.toEqual(failing('handshake'));
  await new Promise((resolve) => http.close(resolve));
  await expect(linkTo({ port: httpPort, hostKey }).send(SAY)).rejects.toEqual(failing('unreachable'));
  await expect(shownHostKey({ host: '127.0.0.1', port: httpPort, timeoutMs: 150 })).rejects.toEqual(
    failing('unreachable'),
  );
});

test("every command passes the lane's gate, and one that is aborted before its turn is never sent", async () => {
  const router = await service();
  const giveUp = new AbortController();
  const open = Promise.withResolvers<void>();
  let passed = 0;
  const link = linkTo(router, {
    gate: async (send) => {
      passed += 1;
      await open.promise;
      return send();
    },
  });
  const waiting = link.send(SAY, giveUp.signal);
  giveUp.abort(new Error('no longer wanted'));
  await expect(waiting).rejects.toThrow('no longer wanted');
  open.resolve();
  await link.send({ name: 'say', line: 'second' });
  expect(router.lines).toEqual(['second']);
  expect(passed).toBe(2);
});

test('SSH may have a gate of its own, so that what is refused for REST still goes over SSH', async () => {
  const router = await service();
  const link = linkTo(router, {
    gate: () => Promise.reject(new Error('REST is left alone')),
    sshGate: (send) => send(),
  });
  await link.send(SAY);
  expect(router.lines).toEqual([SAY.line]);
});

test('a channel that the router closes without an exit code has none', async () => {
  const router = await service({
    onExec: (line, channel) => {
      channel.write(line);
      channel.close();
    },
  });
  expect(await linkTo(router).send(SAY)).toMatchObject({ exitCode: null });
});

test('a hundred commands and connections leave nothing open', async () => {
  const router = await service();
  for (let round = 0; round < 20; round++) {
    const link = linkTo(router);
    await Promise.all([1, 2, 3, 4, 5].map((at) => link.send({ name: 'say', line: String(at) })));
    await link.close();
  }
  await waitUntil('all connections to be closed', () => router.open() === 0);
  expect(router.lines).toHaveLength(100);
  expect(router.connections).toBe(20);
});
