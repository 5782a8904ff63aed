import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

async function take(front: TestFrontEnd, device: string, configuration: string): Promise<Record<string, unknown>> {
  front.fleet.configuration = configuration;
  const token = await front.tokenOf('operator');
  const { status, body, headers } = await callApi(front, token, 'POST', `/devices/${device}/snapshots`, {
    comment: 'before',
  });
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`${front.apiUrl}/snapshots/${String(body['snapshotId'])}`);
  return body;
}

it('are taken by operators, listed, read page by page, and compared', async () => {
  const front = await startFrontEnd();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  await addDevice(front.database, 'lab-02');
  const first = await take(front, 'lab-01', '/a\n/b\n/c\n');
  expect(first).toMatchObject({ deviceId, deviceName: 'lab-01', reason: 'before', lineCount: 3, isChanged: null });
  expect(await take(front, 'lab-01', '/a\n/b\n/c\n')).toMatchObject({ isChanged: false, sha256: first['sha256'] });
  const third = await take(front, 'lab-01', '/a\n/B\n/c\n');
  expect(third).toMatchObject({ isChanged: true });
  const other = await take(front, 'lab-02', '/a\n');

  const token = await front.tokenOf('viewer');
  const get = async (path: string) => callApi(front, token, 'GET', path);
  const page = await get('/snapshots?deviceId=lab-01&limit=2');
  expect(page.body).toMatchObject({ snapshots: [{ snapshotId: third['snapshotId'] }, { deviceName: 'lab-01' }] });
  const next = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  expect(next).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/snapshots\?deviceId=lab-01&limit=2&cursor=/);
  const rest = await get(next.slice(front.apiUrl.length));
  expect(rest.body['snapshots']).toMatchObject([{ snapshotId: first['snapshotId'] }]);
  expect(rest.headers.get('link')).toBeNull();
  expect((await get('/snapshots')).body['snapshots']).toHaveLength(4);

  const path = `/snapshots/${String(first['snapshotId'])}`;
  const lines = await get(`${path}?limit=2`);
  expect(lines.body).toMatchObject({ lines: ['/a', '/b'], total: 3 });
  expect((await get(`${path}?limit=2&cursor=${String(lines.body['nextCursor'])}`)).body).toMatchObject({
    lines: ['/c'],
  });
  expect((await get(`${path}/diff/${String(third['snapshotId'])}?contextLines=0`)).body).toMatchObject({
    isEqual: false,
    added: 1,
    removed: 1,
    lines: ['@@ -2,1 +2,1 @@', '-/b', '+/B'],
  });
  const args = { from: other['snapshotId'], to: first['snapshotId'] };
  const compared = await callTool(front, token, 'diff_snapshots', args);
  expect(compared.structuredContent).toMatchObject({
    from: { deviceName: 'lab-02' },
    to: { deviceName: 'lab-01' },
    lines: ['@@ -1,1 +1,3 @@', ' /a', '+/b', '+/c'],
  });
  const { body } = await callApi(front, await front.tokenOf('auditor'), 'GET', '/audit?action=get_snapshot');
  expect(body['events']).toMatchObject([{ outcome: 'ok' }, { arguments: { snapshotId: first['snapshotId'] } }]);
  // Who looks at a device's trail finds who read its configuration, by whatever id that was asked for.
  const trail = await callApi(
    front,
    await front.tokenOf('auditor'),
    'GET',
    '/audit?action=get_snapshot&deviceId=lab-01',
  );
  expect(trail.body['events']).toHaveLength(2);
});

it('are read and compared as objects, all of it or one menu, of one router or of two', async () => {
  const front = await startFrontEnd();
  for (const name of ['lab-01', 'lab-02']) await addDevice(front.database, name);
  const rule = (action: string, comment: string) =>
    `/ip firewall filter add action=${action} chain=input comment=${comment}\n`;
  const rest = '/ip dns set servers=9.9.9.9\n';
  const first = await take(front, 'lab-01', `${rule('accept', 'ssh')}${rule('drop', 'all')}${rest}`);
  const second = await take(
    front,
    'lab-02',
    `${rule('drop', 'all')}${rule('reject', 'ssh')}/ip dns set cache-size=4096\n`,
  );
  const token = await front.tokenOf('viewer');
  const path = `/snapshots/${String(first['snapshotId'])}`;

  const lines = await callApi(front, token, 'GET', `${path}?menu=/ip/firewall`);
  expect(lines.body).toMatchObject({
    lines: [expect.stringContaining('ssh'), expect.stringContaining('all')],
    total: 2,
  });
  const page = await callApi(front, token, 'GET', `${path}?as=objects&limit=2`);
  expect(page.body).toMatchObject({
    lines: [],
    menus: [
      { menu: '/ip/firewall/filter', isOrdered: true, objectCount: 2 },
      { menu: '/ip/dns', isOrdered: false, objectCount: 1 },
    ],
    objects: [
      {
        menu: '/ip/firewall/filter',
        key: 'chain=input, comment=ssh',
        command: 'add',
        values: { action: 'accept', chain: 'input', comment: 'ssh' },
      },
      { key: 'chain=input, comment=all' },
    ],
    total: 3,
  });
  const last = await callApi(
    front,
    token,
    'GET',
    `${path}?as=objects&limit=2&cursor=${String(page.body['nextCursor'])}`,
  );
  expect(last.body['objects']).toEqual([{ menu: '/ip/dns', key: '', command: 'set', values: { servers: '9.9.9.9' } }]);
  expect(last.body['menus']).toBeUndefined();

  const wish = { from: first['snapshotId'], to: second['snapshotId'], as: 'objects' };
  const { structuredContent } = await callTool(front, token, 'diff_snapshots', wish);
  expect(structuredContent).toMatchObject({
    isEqual: false,
    added: 0,
    removed: 0,
    changed: 2,
    moved: 1,
    lines: [],
    total: 3,
    differences: [
      { kind: 'moved', key: 'chain=input, comment=all', fields: [], places: { before: 1, after: 0 } },
      {
        kind: 'changed',
        key: 'chain=input, comment=ssh',
        fields: [{ field: 'action', before: 'accept', after: 'reject' }],
      },
      {
        menu: '/ip/dns',
        key: '',
        fields: [
          { field: 'cache-size', before: null, after: '4096' },
          { field: 'servers', before: '9.9.9.9', after: null },
        ],
      },
    ],
  });
  const ofMenu = await callTool(front, token, 'diff_snapshots', { ...wish, menu: '/ip/dns', limit: 1 });
  expect(ofMenu.structuredContent).toMatchObject({ changed: 1, moved: 0, total: 1 });
  const wrong = await callApi(front, token, 'GET', `${path}?menu=ip firewall`);
  expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([422, expect.stringContaining('/ip/firewall/filter')]);
});

it('are hidden with their devices, and taken by nobody who only looks', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  await addDevice(front.database, 'north-01', { tags: ['north'] });
  const hidden = await take(front, 'lab-01', '/a\n');
  const seen = await take(front, 'north-01', '/a\n');
  const north = await front.issuer.token({ sub: 'n', email: 'n@elsewhere.test', groups: ['branch-north'] });
  const get = async (path: string) => callApi(front, north, 'GET', path);
  expect((await get('/snapshots')).body['snapshots']).toMatchObject([{ snapshotId: seen['snapshotId'] }]);
  for (const path of [
    `/snapshots/${String(hidden['snapshotId'])}`,
    `/snapshots/${String(seen['snapshotId'])}/diff/${String(hidden['snapshotId'])}`,
    '/snapshots/snp_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  ]) {
    const { status, body } = await get(path);
    expect([path, status, body['code']]).toEqual([path, 404, 'SNAPSHOT_NOT_FOUND']);
  }
  expect((await get('/snapshots?deviceId=lab-01')).body['code']).toBe('DEVICE_NOT_FOUND');
  const viewer = await callApi(front, await front.tokenOf('viewer'), 'POST', '/devices/lab-01/snapshots', {});
  expect([viewer.status, viewer.body['code']]).toEqual([403, 'FORBIDDEN']);
});

it('of a router that cannot be read is refused with the reason', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  front.fleet.snapshot = () => Promise.reject(new AppError('DEVICE_UNREACHABLE'));
  const token = await front.tokenOf('operator');
  const { status, body } = await callApi(front, token, 'POST', '/devices/lab-01/snapshots', {});
  expect([status, body['code']]).toEqual([503, 'DEVICE_UNREACHABLE']);
});

it('is compared with the one before it, also when it was being taken already', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  await take(front, 'lab-01', '/a\n');
  const { snapshotId, sha256 } = await take(front, 'lab-01', '/b\n');
  front.fleet.snapshot = async () => ({ snapshotId: String(snapshotId), sha256: String(sha256) });
  expect(await take(front, 'lab-01', '/b\n')).toMatchObject({ snapshotId, isChanged: true });
});
