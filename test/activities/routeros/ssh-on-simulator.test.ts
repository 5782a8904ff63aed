import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDeviceSession } from '../../../activities/routeros/device-session.ts';
import { probeRouter } from '../../../activities/routeros/probe-router.ts';
import { shownHostKey } from '../../../activities/routeros/ssh-host-key.ts';
import { RECORD_MENUS, SSH_COMMANDS } from '../../../activities/routeros/ssh-commands.ts';
import { createSshLink, type SshLink } from '../../../activities/routeros/ssh-link.ts';
import { runOverSsh } from '../../../activities/routeros/ssh-run.ts';
import { diagnoseRestService } from '../../../shared/operations/diagnostic/diagnose-rest-service.ts';
import { quoteText } from '../../../shared/routeros/console-quote.ts';
import { EXPORT_MENUS } from '../../../shared/routeros/export-menus.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { sshKeyPair } from '../../support/ssh-keys.ts';
import { startDevice, type SimulatedDevice } from './simulated-device.ts';

async function device(options: Parameters<typeof startDevice>[0] = {}): Promise<SimulatedDevice> {
  const started = await startDevice({ http: true, ...options });
  onTestFinished(started.stop);
  return started;
}

const hostKeyOf = ({ target, sshPort }: SimulatedDevice): Promise<string> =>
  shownHostKey({ host: target.host, port: sshPort, timeoutMs: 5_000 });

async function linkTo(
  simulated: SimulatedDevice,
  login: { username?: string; password?: string; sshPrivateKey?: string } = {},
): Promise<SshLink> {
  const hostKey = await hostKeyOf(simulated);
  const limits = { connectTimeoutMs: 5_000, commandTimeoutMs: 1_000 };
  const link = createSshLink({ ...simulated.target, ...login, ssh: { port: simulated.sshPort, hostKey, limits } });
  onTestFinished(() => link.close());
  return link;
}

function writerOf({ target }: SimulatedDevice, paths: readonly string[]): Router {
  const session = createDeviceSession(target);
  onTestFinished(() => session.close());
  return session.router({ paths, effect: 'write' });
}

const identityOver = (link: SshLink): Promise<string> => runOverSsh(link, SSH_COMMANDS.identity, {});

/** Everything that may stand in a name and means something to a console. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom(...'\\"$;[]{}()=?#_\'`&|/ '.split(''), '\r', '\n', '\\n', '$x', 'a', 'é', '日'),
    minLength: 1,
    maxLength: 30,
  }),
);

describe.each(['7.12.2', '7.20.8', '7.22.3'])('with RouterOS %s', (version) => {
  test('what is read over SSH is what REST says', async () => {
    const simulated = await device({ version });
    const link = await linkTo(simulated);
    const router = writerOf(simulated, ['/system/identity', '/system/resource', '/system/routerboard']);
    expect(await identityOver(link)).toBe((await router.get('/system/identity'))['name']);
    const [resource] = await runOverSsh(link, SSH_COMMANDS.records, { menu: '/system/resource' });
    const { version: sameVersion, 'board-name': boardName } = await router.get('/system/resource');
    expect(resource).toMatchObject({ version: sameVersion, 'board-name': boardName });
    const [board] = await runOverSsh(link, SSH_COMMANDS.records, { menu: '/system/routerboard' });
    expect(board?.['serial-number']).toBe((await router.get('/system/routerboard'))['serial-number']);
  });
});

test.each(['7.12.2', '7.22.3'])(
  'a router that switched REST off says so over SSH, with RouterOS %s',
  async (version) => {
    const simulated = await device({ version });
    const { target, sshPort: port } = simulated;
    const ssh = { port, hostKey: await hostKeyOf(simulated) };
    const session = createDeviceSession({ ...target, limits: { ...target.limits, readBackoffMs: [] }, ssh });
    onTestFinished(() => session.close());
    const router = session.router({ paths: ['/ip/service', '/system/identity'], effect: 'write' });
    expect(await diagnoseRestService.handler(router, {})).toMatchObject({
      services: [{ name: 'www', enabled: true }, {}],
    });
    const link = await linkTo(simulated);
    await link.send({ name: 'off', line: '/ip/service/set www disabled=yes address=192.0.2.0/24,198.51.100.7' });
    await expect(router.get('/system/identity')).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE' });
    expect(await diagnoseRestService.handler(router, {})).toMatchObject({
      services: [
        {
          name: 'www',
          enabled: false,
          port: 80,
          allowedFrom: [expect.stringMatching(/^192\.0\.2\.0\/24$/), expect.stringMatching(/^198\.51\.100\.7/)],
          restEnabled: version === '7.12.2' ? null : true,
        },
        { name: 'www-ssl' },
      ],
      failure: null,
    });
  },
);

test('a probe logs in over SSH, makes sure it is the same router, and reports the host key', async () => {
  const simulated = await device();
  const { target, sshPort: port } = simulated;
  const hostKey = await hostKeyOf(simulated);
  expect(await probeRouter({ ...target, ssh: { port, hostKey: null } })).toMatchObject({
    identity: 'lab-01',
    sshHostKey: hostKey,
  });
  expect(await probeRouter({ ...target, ssh: { port, hostKey } })).toMatchObject({ sshHostKey: hostKey });
});

test('a probe refuses a host key that was not expected, and a port that leads to another router', async () => {
  const simulated = await device();
  const other = await device({ namePrefix: 'other' });
  const { target, sshPort } = simulated;
  const expected = { port: sshPort, hostKey: await hostKeyOf(other) };
  await expect(probeRouter({ ...target, ssh: expected })).rejects.toMatchObject({
    code: 'DEVICE_HOST_KEY_CHANGED',
    details: { shownHostKey: await hostKeyOf(simulated) },
  });
  const password = { ...target, password: other.target.password };
  const elsewhere = { ...password, restPort: other.target.restPort, ssh: { port: sshPort, hostKey: null } };
  await expect(probeRouter(elsewhere)).rejects.toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
});

test.each([
  ['name', { namePrefix: 'other' }, 'other-01'],
  ['version', { version: '7.22.3' }, '7.22.3'],
  ['serial number', { board: 'chr' }, 'lab-01'],
] as const)(
  'a port that is forwarded to a router with the same login and another %s is refused',
  async (_, options, found) => {
    const simulated = await device({ password: 'the same' });
    const other = await device({ password: 'the same', ...options });
    const probe = probeRouter({ ...simulated.target, ssh: { port: other.sshPort, hostKey: null } });
    await expect(probe).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(found) });
  },
);

test('a virtual router, which has no serial number, is probed as well', async () => {
  const { target, sshPort: port } = await device({ board: 'chr' });
  expect(await probeRouter({ ...target, ssh: { port, hostKey: null } })).toMatchObject({ serialNumber: null });
});

test('a user with a key logs in with it, and no longer with the password', async () => {
  const simulated = await device();
  const key = sshKeyPair();
  const { host, restPort, username, password } = simulated.target;
  // A router never gives a key back, so that nothing could be read after the write.
  const added = await fetch(`http://${host}:${restPort}/rest/user/ssh-keys`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ user: username, key: key.public }),
  });
  expect(added.status).toBe(201);
  expect(await identityOver(await linkTo(simulated, { sshPrivateKey: key.private }))).toBe('lab-01');
  await expect(identityOver(await linkTo(simulated))).rejects.toMatchObject({
    code: 'DEVICE_AUTH_FAILED',
    hint: expect.stringContaining('key of its own'),
  });
});

test('a user without the policy ssh, a wrong password and a service that is off', async () => {
  const simulated = await device();
  const router = writerOf(simulated, ['/user', '/user/group', '/ip/service']);
  await router.add('/user/group', { name: 'rest-only', policy: 'read,api,rest-api' }, { key: { name: 'rest-only' } });
  const robot = { name: 'robot', group: 'rest-only', password: 'secret' };
  await router.add('/user', robot, { key: { name: 'robot' } });
  const login = { username: 'robot', password: 'secret' };
  await expect(identityOver(await linkTo(simulated, login))).rejects.toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  const wrong = await linkTo(simulated, { password: 'wrong' });
  await expect(identityOver(wrong)).rejects.toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  const link = await linkTo(simulated);
  await router.change('/ip/service', { name: 'ssh' }, { disabled: 'true' });
  await expect(identityOver(link)).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE' });
});

test.each([
  ['refuse', { kind: 'refuse', match: { method: 'SSH' } }, 'DEVICE_UNREACHABLE'],
  ['close', { kind: 'close', match: { method: 'SSH' } }, 'DEVICE_UNREACHABLE'],
  ['reboot', { kind: 'reboot', match: { method: 'SSH' } }, 'DEVICE_UNREACHABLE'],
  ['drop_reply', { kind: 'drop_reply', match: { method: 'SSH' } }, 'DEVICE_UNREACHABLE'],
  ['hang', { kind: 'hang', match: { method: 'SSH' } }, 'DEVICE_TIMEOUT'],
  ['latency', { kind: 'latency', match: { method: 'SSH' }, latencyMs: 5_000 }, 'DEVICE_TIMEOUT'],
  ['slow_body', { kind: 'slow_body', match: { method: 'SSH' }, latencyMs: 5_000 }, 'DEVICE_TIMEOUT'],
  ['auth', { kind: 'auth', match: { method: 'SSH' } }, 'DEVICE_AUTH_FAILED'],
  [
    'an error text',
    { kind: 'error', match: { method: 'SSH' }, detail: 'not enough permissions (9)' },
    'DEVICE_PERMISSION_DENIED',
  ],
  [
    'another error text',
    { kind: 'error', match: { method: 'SSH' }, detail: 'bad command name identity (line 1 column 15)' },
    'DEVICE_UNSUPPORTED',
  ],
])('%s ends in the right code, and the next command works', async (_, fault, code) => {
  const simulated = await device();
  const link = await linkTo(simulated);
  await simulated.faults([fault]);
  await expect(identityOver(link)).rejects.toMatchObject({ code });
  await simulated.faults([]);
  await expect.poll(() => identityOver(link), { timeout: 10_000 }).toBe('lab-01');
  expect((await simulated.journal()).counters.writes).toBe(0);
});

test('a reply that comes slowly is a reply', async () => {
  const simulated = await device();
  const link = await linkTo(simulated);
  await simulated.faults([{ kind: 'slow_body', match: { method: 'SSH' }, latencyMs: 200 }]);
  expect(await identityOver(link)).toBe('lab-01');
});

test('a kept connection that the router has cut is replaced without the caller noticing', async () => {
  const simulated = await device();
  const link = await linkTo(simulated);
  expect(await identityOver(link)).toBe('lab-01');
  await simulated.faults([{ kind: 'close', match: { method: 'SSH' }, count: 1 }]);
  expect(await identityOver(link)).toBe('lab-01');
});

test('whatever stands in a parameter, a line is one of the known ones or nothing is sent', async () => {
  const simulated = await device();
  const link = await linkTo(simulated);
  await identityOver(link);
  const { requests } = (await simulated.journal()).counters;
  const given = fc.oneof(hostile, fc.constantFrom('/ip/dns;/system/reboot', '/ip/dns\n/quit', '/IP/DNS', '/ip dns'));
  await fc.assert(
    fc.asyncProperty(given, given, async (one, other) => {
      fc.pre(!(EXPORT_MENUS as readonly string[]).includes(one));
      for (const [command, input] of [
        [SSH_COMMANDS.export, { menu: one, format: 'terse' }],
        [SSH_COMMANDS.export, { menu: '/ip/dns', format: other }],
        [SSH_COMMANDS.export, { menu: '/ip/dns', format: 'terse', file: one }],
        [SSH_COMMANDS.records, { menu: one }],
        [SSH_COMMANDS.identity, { name: one }],
      ] as const) {
        await expect(runOverSsh(link, command as typeof SSH_COMMANDS.identity, input as never)).rejects.toThrow();
      }
    }),
    { numRuns: 100 },
  );
  expect((await simulated.journal()).counters).toMatchObject({ requests, writes: 0 });
});

test('the known lines are few, and none of them has anything in it that was given', () => {
  const lines = [
    ...[undefined, ...EXPORT_MENUS].flatMap((menu) =>
      (['terse', 'compact'] as const).map((format) => SSH_COMMANDS.export.line({ menu, format })),
    ),
    ...RECORD_MENUS.map((menu) => SSH_COMMANDS.records.line({ menu })),
    SSH_COMMANDS.identity.line({}),
  ];
  for (const line of lines) {
    expect(line).toMatch(
      /^(:put \[(\/[a-z0-9-]+)+(\/print as-value|\/get name)\]|(\/[a-z0-9-]+)*\/export (terse|compact) hide-sensitive;:put "# end of export")$/,
    );
  }
});

test('quoted text reaches the router as data: it comes back as it was, and nothing else is done', async () => {
  const simulated = await device();
  const link = await linkTo(simulated);
  // What is printed has line ends of the router's own.
  const oneEnd = hostile.filter((text) => !text.includes('\r'));
  await fc.assert(
    fc.asyncProperty(oneEnd, async (text) => {
      const { bytes } = await link.send({ name: 'put', line: `:put ${quoteText(text)}` });
      expect(bytes.toString().replaceAll('\r\n', '\n')).toBe(`${text}\n`);
    }),
    { numRuns: 150 },
  );
  expect((await simulated.journal()).counters.writes).toBe(0);
});

test('one quoted value in a writing command is exactly one write of that value', async () => {
  const simulated = await device();
  const link = await linkTo(simulated);
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const before = (await simulated.journal()).entries.length;
      const { bytes } = await link.send({ name: 'note', line: `/system/note/set note=${quoteText(text)}` });
      expect(bytes.toString()).toBe('');
      const entries = (await simulated.journal()).entries.slice(before);
      expect(entries).toMatchObject([{ transport: 'ssh', path: '/system/note', after: { note: text } }]);
    }),
    { numRuns: 100 },
  );
});
