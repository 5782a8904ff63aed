import { expect, onTestFinished, test } from 'vitest';
import {
  armDeadMan,
  assertNoneWaits,
  clearLeftovers,
  DEAD_MAN_MENUS,
  disarmDeadMan,
  findDeadMen,
  readDeadMan,
} from '../../../activities/routeros/dead-man.ts';
import { assertTimersWork } from '../../../activities/routeros/dead-man-clock.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { setSingleton } from '../../../shared/routeros/console-command.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { PATIENT_LIMITS, startDevice, type SimulatedDevice } from './simulated-device.ts';

const TX = 'tx01';
const ORDER = { transaction: TX, undo: [setSingleton('/ip/dns', { servers: '8.8.8.8,8.8.4.4' })], minutes: 5 };

interface Lab {
  device: SimulatedDevice;
  router: Router;
}

async function lab(options: Parameters<typeof startDevice>[0] = {}): Promise<Lab> {
  const device = await startDevice(options);
  onTestFinished(device.stop);
  const paths = [...DEAD_MAN_MENUS, '/ip/dns', '/user/group', '/user'];
  const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths, effect: 'write' });
  onTestFinished(() => opened.close());
  return { device, router };
}

type Rows = Record<string, string>[];
const entries = async (device: SimulatedDevice): Promise<Rows> => (await device.menu('/system/scheduler')) as Rows;
const dnsServers = async (device: SimulatedDevice): Promise<string | undefined> =>
  ((await device.menu('/ip/dns')) as Record<string, string>)['servers'];
const logLines = async (device: SimulatedDevice): Promise<string[]> =>
  ((await device.menu('/log')) as Rows).map(({ message = '' }) => message);

for (const version of ['7.12.2', '7.16.2', '7.20.8', '7.22.3']) {
  test(`takes an unconfirmed change back in its time, and leaves no entry behind (${version})`, async () => {
    const { device, router } = await lab({ version });
    const armed = await armDeadMan(router, ORDER);
    expect(armed.firesAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(await entries(device)).toMatchObject([
      { name: 'convoy-guard-tx01', interval: '5m', 'run-count': '0', comment: 'guard of change tx01' },
      { name: 'convoy-guard-tx01-boot', interval: '0s', 'start-time': 'startup' },
    ]);
    await router.set('/ip/dns', { servers: '9.9.9.9' });
    await device.advance(290);
    expect(await dnsServers(device)).toBe('9.9.9.9');
    expect(await readDeadMan(router, TX)).toMatchObject({ state: 'armed' });
    await device.advance(15);
    expect(await dnsServers(device)).toBe('8.8.8.8,8.8.4.4');
    expect(await entries(device)).toEqual([]);
    expect(await readDeadMan(router, TX)).toMatchObject({ state: 'fired' });
    expect(await logLines(device)).toEqual(
      expect.arrayContaining([
        'convoy-guard-tx01: not confirmed in time, the change is taken back',
        'convoy-guard-tx01: the change was taken back',
      ]),
    );
  });
}

test('a confirmed change stays, also over a restart', async () => {
  const { device, router } = await lab();
  await armDeadMan(router, ORDER);
  await router.set('/ip/dns', { servers: '9.9.9.9' });
  expect(await disarmDeadMan(router, TX)).toEqual({ outcome: 'confirmed' });
  expect(await entries(device)).toEqual([]);
  await device.advance(3600);
  await device.restart();
  await device.advance(60);
  expect(await dnsServers(device)).toBe('9.9.9.9');
});

test('a change that was taken back is never confirmed', async () => {
  const { device, router } = await lab();
  await armDeadMan(router, ORDER);
  await device.advance(301);
  expect(await disarmDeadMan(router, TX)).toEqual({ outcome: 'fired' });
});

test('one that fired before all of it was armed is not armed again under its name', async () => {
  const { device, router } = await lab();
  await armDeadMan(router, ORDER);
  await device.advance(301);
  await expect(armDeadMan(router, ORDER)).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  expect(await entries(device)).toEqual([]);
});

test('an entry that somebody removed is not taken for a confirmation', async () => {
  const { router } = await lab();
  await armDeadMan(router, ORDER);
  await router.remove('/system/scheduler', { name: 'convoy-guard-tx01' });
  expect(await disarmDeadMan(router, TX)).toEqual({ outcome: 'absent' });
});

test('a restart does not rescue an unconfirmed change', async () => {
  const { device, router } = await lab();
  const { uptimeSeconds } = await armDeadMan(router, { ...ORDER, minutes: 60 });
  await router.set('/ip/dns', { servers: '9.9.9.9' });
  await device.advance(120);
  await device.restart();
  await device.advance(22);
  // It waits until the interfaces are up.
  expect(await dnsServers(device)).toBe('9.9.9.9');
  await device.advance(2);
  expect(await dnsServers(device)).toBe('8.8.8.8,8.8.4.4');
  expect(await entries(device)).toEqual([]);
  const read = await readDeadMan(router, TX);
  expect(read.state).toBe('fired');
  expect(read.uptimeSeconds).toBeLessThan(uptimeSeconds + 120);
});

test('a confirmation while the entry of the restart still waits is a confirmation', async () => {
  const { device, router } = await lab();
  await armDeadMan(router, { ...ORDER, minutes: 60 });
  await router.set('/ip/dns', { servers: '9.9.9.9' });
  await device.restart();
  await device.advance(10);
  expect(await disarmDeadMan(router, TX)).toEqual({ outcome: 'confirmed' });
  await device.advance(600);
  expect(await dnsServers(device)).toBe('9.9.9.9');
});

test('a step that fails stops none of the others, and leaves a line in the log', async () => {
  const { device, router } = await lab();
  const undo = ['/ip/dns/set servers="not an address"', ...ORDER.undo];
  await router.set('/ip/dns', { servers: '9.9.9.9' });
  await armDeadMan(router, { ...ORDER, undo });
  await device.advance(301);
  expect(await dnsServers(device)).toBe('8.8.8.8,8.8.4.4');
  expect(await logLines(device)).toContain('convoy-guard-tx01: step 1 was not taken back');
});

test('arming whose reply is lost arms one, and arming again starts its time anew', async () => {
  const { device, router } = await lab();
  await device.faults([{ kind: 'drop_reply', match: { method: 'PUT', path: '/system/scheduler' }, count: 1 }]);
  await armDeadMan(router, ORDER);
  expect(device.observed.map(({ outcome }) => outcome)).toContain('closed');
  expect((await entries(device)).map(({ name }) => name)).toEqual(['convoy-guard-tx01', 'convoy-guard-tx01-boot']);
  await device.advance(200);
  await armDeadMan(router, ORDER);
  await device.advance(200);
  expect(await readDeadMan(router, TX)).toMatchObject({ state: 'armed' });
  expect(await entries(device)).toHaveLength(2);
});

test('a confirmation whose reply is lost is a confirmation when the entry is gone and never ran', async () => {
  const { device, router } = await lab();
  await armDeadMan(router, ORDER);
  await device.faults([{ kind: 'drop_reply', match: { method: 'DELETE', path: '/system/scheduler' }, count: 2 }]);
  expect(await disarmDeadMan(router, TX)).toEqual({ outcome: 'confirmed' });
  expect(device.observed.map(({ outcome }) => outcome)).toContain('closed');
  expect(await entries(device)).toEqual([]);
});

test('refuses while the switch of another change waits, and removes what waits for a restart only', async () => {
  const { device, router } = await lab();
  await armDeadMan(router, ORDER);
  await expect(armDeadMan(router, { ...ORDER, transaction: 'tx02' })).rejects.toMatchObject({
    code: 'DEVICE_BUSY',
    details: { transaction: TX },
  });
  expect(await findDeadMen(router)).toEqual([{ transaction: TX, waits: true }]);
  await expect(assertNoneWaits(router)).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
  expect(await assertNoneWaits(router, TX)).toHaveLength(1);
  await router.remove('/system/scheduler', { name: 'convoy-guard-tx01' });
  expect(await findDeadMen(router)).toEqual([{ transaction: TX, waits: false }]);
  expect(await assertNoneWaits(router)).toHaveLength(1);
  expect(await clearLeftovers(router, 'tx02')).toEqual([TX]);
  expect(await entries(device)).toEqual([]);
});

test('leaves schedulers of other people alone', async () => {
  const { device, router } = await lab();
  await router.add('/system/scheduler', { name: 'backup', interval: '1d' }, { key: { name: 'backup' } });
  await armDeadMan(router, ORDER);
  await disarmDeadMan(router, TX);
  expect(await entries(device)).toMatchObject([{ name: 'backup' }]);
});

test('refuses a clock that waits for its time servers, and one that is not set; nothing is left behind', async () => {
  const { device, router } = await lab();
  await device.edit('/system/ntp/client', { servers: 'time.invalid' });
  await expect(armDeadMan(router, ORDER)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION', message: /may jump/ });
  await device.edit('/system/ntp/client', { enabled: 'false' });
  await device.edit('/system/clock', { date: '2001-01-01' });
  await expect(armDeadMan(router, ORDER)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION', message: /before its/ });
  expect(await entries(device)).toEqual([]);
});

/** Another login of the same router, in a group with these policies. */
async function loginWith({ device, router }: Lab, policy: string): Promise<Router> {
  await router.add('/user/group', { name: 'svc', policy }, { key: { name: 'svc' } });
  await router.add('/user', { name: 'svc', group: 'svc', password: 'svc-secret' }, { key: { name: 'svc' } });
  const login = { username: 'svc', password: 'svc-secret' };
  const paths = [...DEAD_MAN_MENUS, '/ip/dns'];
  const { router: other, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    ...login,
    paths,
    effect: 'write',
  });
  onTestFinished(() => opened.close());
  return other;
}

test('an account with few policies arms one that has those, and it takes the change back', async () => {
  const own = await lab();
  const router = await loginWith(own, 'read,write,test,api,rest-api');
  await armDeadMan(router, ORDER);
  expect((await entries(own.device)).map(({ policy, owner }) => [owner, policy])).toEqual([
    ['svc', 'read,write,test'],
    ['svc', 'read,write,test'],
  ]);
  await router.set('/ip/dns', { servers: '9.9.9.9' });
  await own.device.advance(305);
  expect(await dnsServers(own.device)).toBe('8.8.8.8,8.8.4.4');
  expect(await entries(own.device)).toEqual([]);
});

test('an account that may not write arms nothing', async () => {
  const own = await lab();
  const router = await loginWith(own, 'read,test,api,rest-api');
  await expect(armDeadMan(router, ORDER)).rejects.toMatchObject({ code: 'DEVICE_PERMISSION_DENIED' });
  expect(await entries(own.device)).toEqual([]);
});

test('a mode that forbids schedulers is told before anything is written', async () => {
  const get = async (menu: string): Promise<Record<string, string>> => {
    if (menu === '/system/device-mode') return { mode: 'home', scheduler: 'false' };
    throw new Error(`${menu} is not asked any more`);
  };
  await expect(assertTimersWork({ get })).rejects.toMatchObject({ code: 'DEVICE_MODE_DENIED' });
});

test('a router without a time server keeps its clock, which is enough', async () => {
  const { device, router } = await lab();
  await device.edit('/system/ntp/client', { enabled: 'false' });
  await expect(armDeadMan(router, ORDER)).resolves.toMatchObject({ transaction: TX });
});

test('takes 1 to 60 whole minutes, and names of its own form', async () => {
  const { router } = await lab();
  for (const minutes of [0, 61, 1.5]) {
    await expect(armDeadMan(router, { ...ORDER, minutes })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  const transaction = 'a"] ; /system/reboot';
  await expect(armDeadMan(router, { ...ORDER, transaction })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});
