import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDeviceSession } from '../../../activities/routeros/device-session.ts';
import { shownHostKey } from '../../../activities/routeros/ssh-host-key.ts';
import { parseExport } from '../../../shared/routeros/config-export.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { startDevice, type SimulatedDevice } from './simulated-device.ts';

const NO_EXECUTE = {
  kind: 'error',
  match: { method: 'POST', path: '/execute' },
  status: 400,
  detail: 'no such command or directory (execute)',
};

async function device(options: Parameters<typeof startDevice>[0] = {}): Promise<SimulatedDevice> {
  const started = await startDevice({ http: true, ...options });
  onTestFinished(started.stop);
  return started;
}

async function routerOf(
  { target, sshPort }: SimulatedDevice,
  paths: readonly string[] = [],
  readBackoffMs: readonly number[] = [],
): Promise<Router> {
  const hostKey = await shownHostKey({ host: target.host, port: sshPort, timeoutMs: 5_000 });
  const session = createDeviceSession({
    ...target,
    limits: { readBackoffMs },
    ssh: { port: sshPort, hostKey },
  });
  onTestFinished(() => session.close());
  return session.router({ paths: ['/export', ...paths], effect: 'write' });
}

/** Without the line that tells when it was made. */
const undated = (text: string): string => text.replace(/^# .*\n/, '');

describe.each(['7.12.2', '7.20.8', '7.22.3'])('with RouterOS %s', (version) => {
  test.each(['terse', 'compact'] as const)('the %s export is the same over REST and over SSH', async (format) => {
    const simulated = await device({ version });
    const router = await routerOf(simulated);
    const overRest = await router.exportConfiguration({ format });
    await simulated.faults([NO_EXECUTE]);
    const overSsh = await router.exportConfiguration({ format });
    expect([overRest.transport, overSsh.transport]).toEqual(['rest', 'ssh']);
    expect(undated(overSsh.text)).toBe(undated(overRest.text));
    expect((await simulated.journal()).counters.writes).toBe(0);
  });

  test('an export says what the router is, and holds its configuration in whole lines', async () => {
    const simulated = await device({ version });
    const router = await routerOf(simulated, ['/system/routerboard']);
    const compact = parseExport((await router.exportConfiguration({ format: 'compact' })).text);
    const board = await router.get('/system/routerboard');
    expect(compact).toMatchObject({ version, model: board['model'], serialNumber: board['serial-number'] });
    expect(compact.failures).toEqual([]);
    expect(compact.lines.some((line) => line.endsWith('\\'))).toBe(false);
    const terse = parseExport((await router.exportConfiguration({ format: 'terse' })).text);
    expect(terse.lines.every((line) => /^\/[a-z0-9-]+ /.test(line))).toBe(true);
    expect(terse.lines).toHaveLength(compact.lines.filter((line) => !line.startsWith('/')).length);
  });

  test('an export of one menu holds that menu', async () => {
    const router = await routerOf(await device({ version }));
    const { lines } = parseExport((await router.exportConfiguration({ menu: '/ip/dns', format: 'terse' })).text);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every((line) => line.startsWith('/ip dns'))).toBe(true);
  });
});

test.each([
  ['close', { kind: 'close' }, 'DEVICE_UNREACHABLE'],
  ['refuse', { kind: 'refuse' }, 'DEVICE_UNREACHABLE'],
  ['drop_reply', { kind: 'drop_reply' }, 'DEVICE_UNREACHABLE'],
  ['auth', { kind: 'auth' }, 'DEVICE_AUTH_FAILED'],
  ['an error', { kind: 'error', status: 500, detail: 'failure: internal error' }, 'DEVICE_ERROR'],
] as const)('%s over REST is that failure, and SSH is not asked', async (_, fault, code) => {
  const simulated = await device();
  const router = await routerOf(simulated);
  await simulated.faults([{ ...fault, match: { path: '/execute' } }]);
  await expect(router.exportConfiguration({ format: 'terse' })).rejects.toMatchObject({ code });
  expect(simulated.observed.filter(({ method }) => method === 'SSH')).toEqual([]);
  expect((await simulated.journal()).counters.writes).toBe(0);
});

test('a connection that is lost once is made anew, and a body of another request is not believed', async () => {
  const simulated = await device();
  const router = await routerOf(simulated, [], [20]);
  await simulated.faults([{ kind: 'close', match: { path: '/execute' }, count: 1 }]);
  expect(await router.exportConfiguration({ menu: '/ip/dns', format: 'terse' })).toMatchObject({ transport: 'rest' });
  await simulated.faults([{ kind: 'wrong_body', match: { method: 'POST', path: '/execute' } }]);
  const { text, transport } = await router.exportConfiguration({ menu: '/ip/dns', format: 'terse' });
  expect([transport, parseExport(text).lines[0]]).toEqual(['ssh', expect.stringMatching(/^\/ip dns /)]);
});

test('a menu that the router lacks is said to be missing, over either way', async () => {
  const simulated = await device({ board: 'chr' });
  const router = await routerOf(simulated);
  const asked = (): Promise<unknown> => router.exportConfiguration({ menu: '/caps-man', format: 'terse' });
  await expect(asked()).rejects.toMatchObject({ code: 'DEVICE_UNSUPPORTED', details: { transport: 'rest' } });
  await simulated.faults([NO_EXECUTE]);
  await expect(asked()).rejects.toMatchObject({ code: 'DEVICE_UNSUPPORTED', details: { transport: 'ssh' } });
});

test('the name of an SNMP community, which is a password, is in no export', async () => {
  const simulated = await device();
  const router = await routerOf(simulated, ['/snmp/community']);
  await router.add('/snmp/community', { name: 'S3CRET-community' }, { key: { name: 'S3CRET-community' } });
  for (const format of ['terse', 'compact'] as const) {
    const { text } = await router.exportConfiguration({ format });
    expect(text).toContain('snmp community');
    expect(text).not.toContain('S3CRET');
  }
});

test('whatever a comment holds, an entry is one line of an export', async () => {
  const simulated = await device();
  const router = await routerOf(simulated, ['/ip/firewall/address-list']);
  const menu = '/ip/firewall/address-list';
  const key = { list: 'hostile', address: '192.0.2.1' };
  await router.add(menu, key, { key });
  const hostile = fc.string({
    unit: fc.constantFrom(...'\\"$;[]{}()=#?/ '.split(''), '\r\n', '\n', 'a', 'é', '# end of export', '/user add'),
    minLength: 1,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(hostile, async (comment) => {
      await router.change(menu, key, { comment: `x${comment}x` });
      for (const format of ['terse', 'compact'] as const) {
        const { text } = await router.exportConfiguration({ menu, format });
        const { lines, notes, failures } = parseExport(text);
        const entries = lines.filter((line) => line.includes('list=hostile'));
        expect({ entries: entries.length, all: lines.length }).toEqual({
          entries: 1,
          all: format === 'terse' ? 1 : 2,
        });
        expect([notes, failures]).toEqual([[], []]);
      }
    }),
    { numRuns: 60 },
  );
});
