import { expect, test } from 'vitest';
import { inSections } from '../support/in-sections.ts';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('the menu of ports says bytes where /interface says byte', async () => {
  const router = await startLabRouter();
  const [port] = rows(await router.get('/interface/ethernet?name=ether1'));
  expect(port).toMatchObject({
    advertise: '10M-baseT-half,10M-baseT-full,100M-baseT-half,100M-baseT-full,1G-baseT-half,1G-baseT-full',
    arp: 'enabled',
    'arp-timeout': 'auto',
    'auto-negotiation': 'true',
    bandwidth: 'unlimited/unlimited',
    'cable-settings': 'default',
    'loop-protect': 'default',
    'loop-protect-disable-time': '5m',
    'loop-protect-send-interval': '5s',
    'loop-protect-status': 'off',
    'orig-mac-address': 'D4:01:C3:00:00:01',
    'rx-flow-control': 'off',
    switch: 'switch1',
  });
  expect(port).toHaveProperty('rx-bytes');
  expect(port).not.toHaveProperty('rx-byte');
});

test('ports of boards count damaged frames, virtual ones do not', async () => {
  const counters = { 'rx-fcs-error': '0', 'rx-align-error': '0', 'tx-late-collision': '0', 'rx-pause': '0' };
  const board = await startLabRouter();
  expect(rows(await board.get('/interface/ethernet?name=ether1'))[0]).toMatchObject(counters);
  const virtual = await startLabRouter({ board: 'chr' });
  expect(rows(await virtual.get('/interface/ethernet?name=ether1'))[0]).not.toHaveProperty('rx-fcs-error');
});

test('a port keeps an address it is given until that is reset', async () => {
  const router = await startLabRouter();
  await router.patch('/interface/ethernet/*2', { 'mac-address': '02-00-00-aa-bb-cc' });
  expect(row(await router.get('/interface/ether2'))['mac-address']).toBe('02:00:00:AA:BB:CC');
  await router.post('/interface/ethernet/reset-mac-address', { numbers: 'ether2' });
  expect(row(await router.get('/interface/ether2'))['mac-address']).toBe('D4:01:C3:00:00:02');
  expect(await router.patch('/interface/ethernet/*2', { 'mac-address': 'none' })).toMatchObject({
    status: 400,
    body: { detail: 'invalid value of mac-address, mac address required' },
  });
});

const ALL_MODES = '10M-baseT-half,10M-baseT-full,100M-baseT-half,100M-baseT-full,1G-baseT-half,1G-baseT-full';

test('the monitor of a port with a link, of one without, and of an unknown one', async () => {
  const router = await startLabRouter();
  const monitor = (numbers: string) => router.post('/interface/ethernet/monitor', { numbers, once: '' });
  expect((await monitor('ether1')).body).toEqual([
    {
      advertising: ALL_MODES,
      'auto-negotiation': 'done',
      'full-duplex': 'true',
      'link-partner-advertising': ALL_MODES,
      name: 'ether1',
      rate: '1Gbps',
      'rx-flow-control': 'false',
      status: 'link-ok',
      supported: ALL_MODES,
      'tx-flow-control': 'false',
    },
  ]);
  await router.patch('/interface/ether2', { disabled: true });
  expect((await monitor('ether2')).body).toEqual([
    {
      advertising: ALL_MODES,
      'auto-negotiation': 'done',
      'link-partner-advertising': '',
      name: 'ether2',
      status: 'no-link',
      supported: ALL_MODES,
    },
  ]);
  expect(await monitor('ether99')).toMatchObject({ status: 404 });
  expect(await router.post('/interface/ethernet/monitor', { once: '' })).toMatchObject({
    status: 400,
    body: { detail: 'missing =.id=' },
  });
});

test('a port that does not negotiate has the speed it is told', async () => {
  const router = await startLabRouter();
  await router.patch('/interface/ethernet/ether2', { 'auto-negotiation': false, speed: '100M-baseT-half' });
  expect(rows(await router.post('/interface/ethernet/monitor', { numbers: 'ether2', once: '' }))).toEqual([
    {
      'auto-negotiation': 'disabled',
      'full-duplex': 'false',
      name: 'ether2',
      rate: '100Mbps',
      'rx-flow-control': 'false',
      status: 'link-ok',
      supported: ALL_MODES,
      'tx-flow-control': 'false',
    },
  ]);
});

test('a cage tells of its module', async () => {
  const router = await startLabRouter({ board: 'ccr2004' });
  const [module] = rows(await router.post('/interface/ethernet/monitor', { numbers: 'sfp-sfpplus1', once: '' }));
  expect(module).toMatchObject({ rate: '10Gbps', 'sfp-module-present': 'true', 'sfp-vendor-name': 'Mikrotik' });
});

test('the cable test measures pairs only where there is no link, in sections when it has a duration', async () => {
  const router = await startLabRouter();
  const cable = (numbers: string, more: object) => router.post('/interface/ethernet/cable-test', { numbers, ...more });
  expect((await cable('ether1', { once: '' })).body).toEqual([{ name: 'ether1', status: 'link-ok' }]);
  await router.patch('/interface/ether2', { disabled: true });
  const open = { 'cable-pairs': 'open:6,open:6,open:6,open:6', name: 'ether2', status: 'no-link' };
  expect((await cable('ether2', { once: '' })).body).toEqual([open]);
  const sections = await inSections(router, 2000, () => cable('ether2', { duration: '2s' }));
  expect(sections).toEqual([
    { '.section': '0', ...open },
    { '.section': '1', ...open },
  ]);
});

test('ports that give power have a menu of their own, on boards that have such', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/interface/ethernet/poe')).map((port) => port['name'])).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((port) => `ether${port}`),
  );
  await router.patch('/interface/ethernet/poe/*2', { 'poe-out': 'off' });
  const monitor = await router.post('/interface/ethernet/poe/monitor', { numbers: 'ether2', once: '' });
  expect(monitor.body).toEqual([{ name: 'ether2', 'poe-out': 'off', 'poe-out-status': 'disabled' }]);
  expect(row(await router.get('/interface/ethernet/*2'))).toMatchObject({ 'poe-out': 'off', 'poe-priority': '10' });
  expect(row(await router.get('/interface/ethernet/sfp-sfpplus1'))).not.toHaveProperty('poe-out');
  const hex = await startLabRouter({ board: 'hex' });
  expect(await hex.patch('/interface/ethernet/ether2', { 'poe-out': 'off' })).toMatchObject({
    body: { detail: 'unknown parameter poe-out' },
  });
  expect(await hex.get('/interface/ethernet/poe')).toMatchObject({
    body: { detail: 'no such command or directory (poe)' },
  });
});

test('boards with a switch chip have it in a menu', async () => {
  const router = await startLabRouter({ board: 'crs326' });
  await router.patch('/interface/ethernet/switch/switch1', { 'mirror-source': 'ether2', 'mirror-target': 'ether3' });
  expect(rows(await router.get('/interface/ethernet/switch'))).toEqual([
    {
      '.id': '*0',
      'cpu-flow-control': 'true',
      invalid: 'false',
      'mirror-source': 'ether2',
      'mirror-target': 'ether3',
      name: 'switch1',
      type: 'Marvell-98DX3236',
    },
  ]);
  const ccr = await startLabRouter({ board: 'ccr2004' });
  expect(await ccr.get('/interface/ethernet/switch')).toMatchObject({
    body: { detail: 'no such command or directory (switch)' },
  });
});
