import { expect, onTestFinished, test } from 'vitest';
import { createFacts, detectFacts, FACTS_MENUS } from '../../../activities/routeros/facts.ts';
import { factsByVersion, openQuestions } from '../../../activities/routeros/facts-by-version.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { RouterFacts } from '../../../shared/routeros/facts.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { parseVersion, type RouterVersion } from '../../../shared/routeros/version.ts';
import { BOARDS, type BoardKey } from '../../../simulator/boards.ts';
import { PATIENT_LIMITS, startDevice, type SimulatedDevice } from './simulated-device.ts';

function version(text: string): RouterVersion {
  const parsed = parseVersion(text);
  if (!parsed) throw new Error(`not a version: ${text}`);
  return parsed;
}

function routerOf(device: SimulatedDevice): Router {
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    paths: FACTS_MENUS,
    effect: 'read',
  });
  onTestFinished(() => opened.close());
  return router;
}

const VERSIONS = ['7.12.2', '7.16.2', '7.20.8', '7.22.3'];
for (const board of Object.keys(BOARDS) as BoardKey[]) {
  for (const text of VERSIONS) {
    test(`is detected on ${board} with ${text}, and every menu it names is there`, async () => {
      const device = await startDevice({ board, version: text });
      onTestFinished(device.stop);
      const router = routerOf(device);
      const facts = await createFacts(router)();
      const { major, minor, patch } = facts.version;
      expect(`${major}.${minor}.${patch}`).toBe(text);
      expect(facts.packages).toContain('routeros');
      expect(facts.isRouterBoard).toBe(facts.board !== 'CHR');
      const menus = [
        facts.radios,
        facts.isRouterBoard ? '/system/routerboard' : null,
        facts.health && '/system/health',
        facts.hasSafeMode ? '/safe-mode' : null,
        facts.hasLegacyCapsman ? '/caps-man/manager' : null,
        facts.hasWebserverSwitches ? '/ip/service/webserver' : null,
      ];
      for (const menu of menus) if (menu !== null) expect(await device.menu(menu)).toBeDefined();
    });
  }
}

test('where the version does not tell, what the console of the router says is the fact', async () => {
  const device = await startDevice({ version: '7.19.6' });
  onTestFinished(device.stop);
  const facts = await createFacts(routerOf(device))();
  const asked = device.observed.filter(({ path }) => path === '/rest/console/inspect');
  expect(asked.map(({ outcome }) => outcome)).toEqual(['ok']);
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    paths: ['/console'],
    effect: 'read',
  });
  onTestFinished(() => opened.close());
  const { rows } = await router.run('/console', 'inspect', { request: 'child', path: 'user,active' });
  expect(rows.some(({ name }) => name === facts.logout)).toBe(true);
});

test('radios are where their driver puts them', () => {
  const cases: [string, string[], RouterFacts['radios'], boolean][] = [
    ['7.12.2', ['routeros'], '/interface/wireless', true],
    ['7.12.2', ['routeros', 'wifiwave2'], '/interface/wifiwave2', false],
    ['7.13', ['routeros', 'wifi-qcom'], '/interface/wifi', false],
    ['7.20.8', ['routeros', 'wifi-qcom-ac'], '/interface/wifi', false],
    ['7.20.8', ['routeros', 'wireless'], '/interface/wireless', true],
    ['7.20.8', ['routeros'], null, false],
  ];
  for (const [text, packages, radios, hasLegacyCapsman] of cases) {
    expect(factsByVersion(version(text), packages), text).toMatchObject({ radios, hasLegacyCapsman });
  }
});

test('what came with a version is there from that version on, also in its pre-releases', () => {
  const facts = (text: string) => factsByVersion(version(text), []);
  expect([facts('7.17.2').hasSafeMode, facts('7.18').hasSafeMode]).toEqual([false, true]);
  expect([facts('7.18.2').bgpFamilies, facts('7.19').bgpFamilies]).toEqual(['address-families', 'afi']);
  expect([facts('7.21.4').hasWebserverSwitches, facts('7.22rc1').hasWebserverSwitches]).toEqual([false, true]);
  expect([facts('7.18.2').logout, facts('7.20.8').logout]).toEqual(['request-logout', 'remove']);
  expect([facts('7.12.2').hasSerialize, facts('7.15.3').hasSerialize]).toEqual([false, true]);
});

test('the console is asked only where the version does not tell', () => {
  const paths = (text: string): string[] => openQuestions(version(text)).map(({ path }) => path);
  expect(VERSIONS.map(paths)).toEqual([[], [], [], []]);
  expect(paths('7.14')).toEqual(['']);
  expect(paths('7.20.2')).toEqual(['user,active']);
});

/** A router of the test's own: its menus, and what its console says. */
function canned(menus: Record<string, RouterRecord | RouterRecord[]>, words: readonly string[] | AppError = []) {
  const asked: string[] = [];
  const find = (menu: string): RouterRecord | RouterRecord[] => {
    asked.push(menu);
    const found = menus[menu];
    if (!found) throw new AppError('DEVICE_UNSUPPORTED');
    return found;
  };
  const router = {
    get: async (menu: string) => find(menu) as RouterRecord,
    list: async (menu: string) => find(menu) as RouterRecord[],
    run: async () => {
      if (words instanceof AppError) throw words;
      return { rows: words.map((name) => ({ type: 'child', name, 'node-type': 'cmd' })), ret: null };
    },
  } as unknown as Router;
  return { router, asked };
}

const RESOURCE = { version: '7.20.2 (stable)', uptime: '1h', 'board-name': 'hAP ax^2', 'architecture-name': 'arm64' };
const PACKAGES = [
  { '.id': '*1', name: 'routeros', version: '7.20.2', disabled: 'false', available: 'false' },
  { '.id': '*2', name: 'wifi-qcom', version: '7.20.2', disabled: 'false', available: 'false' },
  { '.id': '*3', name: 'wireless', version: '', disabled: 'true', available: 'true' },
  { '.id': '*4', name: 'container', version: '7.20.2', disabled: 'true', available: 'false' },
];

test('packages that could be installed, or are disabled, are not there', async () => {
  const { router } = canned({ '/system/resource': RESOURCE, '/system/package': PACKAGES });
  expect((await detectFacts(router, RESOURCE)).packages).toEqual(['routeros', 'wifi-qcom']);
});

test('what the console says counts more than the version; without its answer the version counts', async () => {
  const menus = { '/system/resource': RESOURCE, '/system/package': PACKAGES };
  expect((await detectFacts(canned(menus, ['print', 'request-logout']).router, RESOURCE)).logout).toBe(
    'request-logout',
  );
  expect((await detectFacts(canned(menus, ['print', 'remove']).router, RESOURCE)).logout).toBe('remove');
  const denied = new AppError('DEVICE_PERMISSION_DENIED');
  expect((await detectFacts(canned(menus, denied).router, RESOURCE)).logout).toBe('remove');
});

test('a mode that forbids schedulers is a fact, and a router without modes allows them', async () => {
  const menus = { '/system/resource': RESOURCE, '/system/package': PACKAGES };
  const home = { mode: 'home', scheduler: 'false' };
  expect(await detectFacts(canned({ ...menus, '/system/device-mode': home }).router, RESOURCE)).toMatchObject({
    deviceMode: 'home',
    allowsScheduler: false,
  });
  expect(await detectFacts(canned(menus).router, RESOURCE)).toMatchObject({ deviceMode: null, allowsScheduler: true });
});

test('a virtual router is not asked for its board, and its health is read as a record', async () => {
  const chr = { ...RESOURCE, 'board-name': 'CHR QEMU Standard PC', 'architecture-name': 'x86_64' };
  const { router, asked } = canned({ '/system/resource': chr, '/system/package': PACKAGES, '/system/health': {} });
  expect(await detectFacts(router, chr)).toMatchObject({ isRouterBoard: false, health: 'record' });
  expect(asked).toEqual(['/system/package', '/system/device-mode', '/system/health']);
});

test('is detected once, and again after a restart or with another version', async () => {
  let nowMs = 0;
  const menus = { '/system/resource': RESOURCE, '/system/package': PACKAGES };
  const { router, asked } = canned(menus);
  const facts = createFacts(router, () => nowMs);
  const detections = (): number => asked.filter((menu) => menu === '/system/package').length;

  await Promise.all([facts(), facts()]);
  nowMs += 9_000;
  await facts();
  expect([detections(), asked.filter((menu) => menu === '/system/resource').length]).toEqual([1, 1]);

  nowMs += 60_000;
  menus['/system/resource'] = { ...RESOURCE, uptime: '1h1m9s' };
  await facts();
  expect(detections()).toBe(1);

  nowMs += 60_000;
  menus['/system/resource'] = { ...RESOURCE, uptime: '1h1m30s' };
  await facts();
  expect(detections(), 'it restarted and has been up for longer than before').toBe(2);

  nowMs += 60_000;
  menus['/system/resource'] = { ...RESOURCE, uptime: '2h', version: '7.20.8 (stable)' };
  expect((await facts()).version.patch).toBe(8);
});

test('a failure is not remembered', async () => {
  const menus: Record<string, RouterRecord | RouterRecord[]> = { '/system/resource': RESOURCE };
  const facts = createFacts(canned(menus).router);
  await expect(facts()).rejects.toMatchObject({ code: 'DEVICE_UNSUPPORTED' });
  menus['/system/package'] = PACKAGES;
  expect((await facts()).packages).toEqual(['routeros', 'wifi-qcom']);
});
