import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { PATIENT_LIMITS, startDevice, type SimulatedDevice } from './simulated-device.ts';

const PATHS = ['/ip/address', '/ip/route', '/ip/firewall/filter', '/user/group', '/user'];

async function start(): Promise<{ device: SimulatedDevice; router: Router }> {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths: PATHS, effect: 'write' });
  onTestFinished(() => opened.close());
  return { device, router };
}

const writes = async (device: SimulatedDevice): Promise<number> => (await device.journal()).counters.writes;

const KEY = { address: '10.99.0.1/24' };
const ADDRESS = { ...KEY, interface: 'ether3', comment: 'lab' };

test('adds an entry once, and leaves one alone that is there with the same values however they are written', async () => {
  const { device, router } = await start();
  expect(await router.add('/ip/address', ADDRESS, { key: KEY })).toEqual({ outcome: 'applied' });
  const same = { ...ADDRESS, disabled: 'no' };
  expect(await router.add('/ip/address', same, { key: KEY })).toEqual({ outcome: 'unchanged' });
  expect(await writes(device)).toBe(1);
});

test('refuses to add what is there with other values, and says what was found', async () => {
  const { device, router } = await start();
  await router.add('/ip/address', ADDRESS, { key: KEY });
  await expect(router.add('/ip/address', { ...ADDRESS, comment: 'other' }, { key: KEY })).rejects.toMatchObject({
    code: 'PLAN_STALE',
    details: { outcome: 'not_applied', found: { comment: 'lab' } },
  });
  expect(await writes(device)).toBe(1);
});

test('what the router itself calls a duplicate was not added', async () => {
  const { router } = await start();
  await router.add('/ip/address', ADDRESS, { key: KEY });
  const key = { comment: 'another name for it' };
  await expect(router.add('/ip/address', { ...ADDRESS, ...key }, { key })).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_EXISTS',
    details: { outcome: 'not_applied', deviceText: 'failure: already have such address' },
  });
});

test('what refers to something the device does not have was not added', async () => {
  const { router } = await start();
  await expect(router.add('/ip/address', { ...ADDRESS, interface: 'ether99' }, { key: KEY })).rejects.toMatchObject({
    code: 'DEVICE_REFERENCE_MISSING',
    details: { outcome: 'not_applied' },
  });
});

test('changes fields, takes fields back, and renames', async () => {
  const { router, device } = await start();
  await router.add(
    '/ip/route',
    { 'dst-address': '10.98.0.0/16', gateway: '10.20.0.1', comment: 'old' },
    {
      key: { 'dst-address': '10.98.0.0/16' },
    },
  );
  const key = { 'dst-address': '10.98.0.0/16' };
  expect(await router.change('/ip/route', key, { distance: '5' }, ['comment'])).toEqual({ outcome: 'applied' });
  const [row] = await router.list('/ip/route', { where: key });
  expect(row).toMatchObject({ distance: '5' });
  expect(row?.['comment']).toBeUndefined();
  expect(await router.change('/ip/route', key, { distance: '5' }, ['comment'])).toEqual({ outcome: 'unchanged' });
  expect(await writes(device)).toBe(2);
  await router.add('/user/group', { name: 'night', policy: 'read' }, { key: { name: 'night' } });
  await device.faults([{ kind: 'drop_reply', match: { method: 'PATCH' }, count: 1 }]);
  expect(await router.change('/user/group', { name: 'night' }, { name: 'watch' })).toEqual({ outcome: 'applied' });
});

test('takes a matcher of a rule back', async () => {
  const { router } = await start();
  const key = { comment: 'rule under test' };
  const rule = { chain: 'forward', action: 'accept', 'src-address': '10.0.0.0/8', ...key };
  await router.add('/ip/firewall/filter', rule, { key });
  expect(await router.change('/ip/firewall/filter', key, {}, ['src-address'])).toEqual({ outcome: 'applied' });
  const [row] = await router.list('/ip/firewall/filter', { where: key });
  expect(row).not.toHaveProperty('src-address');
});

test('says that an entry is missing instead of changing another one', async () => {
  const { router, device } = await start();
  await expect(router.change('/ip/address', KEY, { comment: 'x' })).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_MISSING',
    details: { outcome: 'not_applied' },
  });
  expect(await router.remove('/ip/address', KEY)).toEqual({ outcome: 'unchanged' });
  expect(await writes(device)).toBe(0);
});

test('removes an entry, also when somebody else was faster', async () => {
  const { router, device } = await start();
  await router.add('/ip/address', ADDRESS, { key: KEY });
  await device.faults([{ kind: 'error', status: 404, match: { method: 'DELETE' }, count: 1 }]);
  await expect(router.remove('/ip/address', KEY)).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_MISSING',
    details: { outcome: 'not_applied' },
  });
  const { router: other, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    paths: PATHS,
    effect: 'write',
    mayWrite: async () => void (await router.remove('/ip/address', KEY)),
  });
  onTestFinished(() => opened.close());
  expect(await other.remove('/ip/address', KEY)).toEqual({ outcome: 'applied' });
  expect(await router.list('/ip/address', { where: KEY })).toEqual([]);
});

test('refuses a key that several entries share', async () => {
  const { router, device } = await start();
  const values = { 'dst-address': '10.97.0.0/16', gateway: '10.20.0.1' };
  for (const comment of ['one', 'two']) await router.add('/ip/route', { ...values, comment }, { key: { comment } });
  for (const attempt of [
    router.change('/ip/route', { 'dst-address': '10.97.0.0/16' }, { distance: '9' }),
    router.remove('/ip/route', { 'dst-address': '10.97.0.0/16' }),
    router.add('/ip/route', values, { key: values }),
  ]) {
    await expect(attempt).rejects.toMatchObject({ code: 'DEVICE_ENTRY_AMBIGUOUS', details: { entries: 2 } });
  }
  expect(await writes(device)).toBe(2);
});

test('leaves entries alone that the router made itself, unless the key asks for them', async () => {
  const { router, device } = await start();
  const [connected] = await router.list('/ip/route', { where: { dynamic: 'true' } });
  const key = { 'dst-address': connected?.['dst-address'] ?? '' };
  expect(await router.remove('/ip/route', key)).toEqual({ outcome: 'unchanged' });
  await expect(router.change('/ip/route', { ...key, dynamic: 'true' }, { comment: 'x' })).rejects.toMatchObject({
    details: { outcome: 'not_applied' },
  });
  const configured = await router.list('/ip/route', { fields: ['dst-address'], configuredOnly: true });
  expect(configured.map((row) => row['dst-address'])).not.toContain(key['dst-address']);
  expect(Object.keys(configured[0] ?? {}).sort()).toEqual(['.id', 'dst-address']);
  expect(await writes(device)).toBe(0);
});

test.each([{ '.id': '*1' }, { numbers: '0' }, {}, { dynamic: 'true' }] as Record<string, string>[])(
  'takes no id and no position for a name: %o',
  async (key) => {
    const { router, device } = await start();
    for (const attempt of [
      () => router.remove('/ip/address', key),
      () => router.change('/ip/address', key, { comment: 'x' }),
      () => router.move('/ip/firewall/filter', key, null),
      () => router.add('/ip/address', ADDRESS, { key }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
    }
    expect((await device.journal()).counters.requests).toBe(0);
  },
);

test('refuses to write rows from a read', async () => {
  const { device } = await start();
  const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths: PATHS, effect: 'read' });
  onTestFinished(() => opened.close());
  for (const attempt of [
    () => router.add('/ip/address', ADDRESS, { key: KEY }),
    () => router.change('/ip/address', KEY, { comment: 'x' }),
    () => router.remove('/ip/address', KEY),
    () => router.move('/ip/firewall/filter', { comment: 'x' }, null),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  }
  expect((await device.journal()).counters.requests).toBe(0);
});

const FILTER = '/ip/firewall/filter';
const rule = (comment: string): Record<string, string> => ({ chain: 'forward', action: 'accept', comment });
const order = async (router: Router): Promise<(string | undefined)[]> =>
  (await router.list(FILTER, { fields: ['comment'], configuredOnly: true }))
    .map((row: RouterRecord) => row['comment'])
    .filter((comment) => comment?.startsWith('r'));

test('puts rules where they belong, and moves them', async () => {
  const { router, device } = await start();
  await router.add(FILTER, rule('r1'), { key: { comment: 'r1' } });
  await router.add(FILTER, rule('r3'), { key: { comment: 'r3' } });
  await router.add(FILTER, rule('r2'), { key: { comment: 'r2' }, placeBefore: { comment: 'r3' } });
  expect(await order(router)).toEqual(['r1', 'r2', 'r3']);
  expect(await router.move(FILTER, { comment: 'r3' }, { comment: 'r1' })).toEqual({ outcome: 'applied' });
  expect(await order(router)).toEqual(['r3', 'r1', 'r2']);
  expect(await router.move(FILTER, { comment: 'r3' }, { comment: 'r1' })).toEqual({ outcome: 'unchanged' });
  expect(await router.move(FILTER, { comment: 'r1' }, null)).toEqual({ outcome: 'applied' });
  expect(await order(router)).toEqual(['r3', 'r2', 'r1']);
  expect(await router.move(FILTER, { comment: 'r1' }, null)).toEqual({ outcome: 'unchanged' });
  expect(await writes(device)).toBe(5);
});

test('moves nothing in front of itself or of what is not there', async () => {
  const { router, device } = await start();
  await router.add(FILTER, rule('r1'), { key: { comment: 'r1' } });
  const moved = (before: Record<string, string>): Promise<unknown> => router.move(FILTER, { comment: 'r1' }, before);
  await expect(moved({ comment: 'r1' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await expect(moved({ comment: 'r9' })).rejects.toMatchObject({ code: 'DEVICE_ENTRY_MISSING' });
  await expect(
    router.add(FILTER, rule('r2'), { key: { comment: 'r2' }, placeBefore: { comment: 'r9' } }),
  ).rejects.toMatchObject({ code: 'DEVICE_ENTRY_MISSING' });
  expect(await order(router)).toEqual(['r1']);
  expect(await writes(device)).toBe(1);
});

test('a rule whose neighbour vanished goes to the end, and that is not reported as moved', async () => {
  const { router, device } = await start();
  for (const name of ['r1', 'r2', 'r3']) await router.add(FILTER, rule(name), { key: { comment: name } });
  const { router: racing, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    paths: PATHS,
    effect: 'write',
    mayWrite: async () => void (await router.remove(FILTER, { comment: 'r1' })),
  });
  onTestFinished(() => opened.close());
  await expect(racing.move(FILTER, { comment: 'r2' }, { comment: 'r1' })).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
  });
  expect(await order(router)).toEqual(['r3', 'r2']);
});

test('a secret that the router does not show is written, and a lost reply leaves it unknown', async () => {
  const { router, device } = await start();
  const key = { name: 'night' };
  await router.add('/user', { ...key, group: 'read', password: 'one-time-1' }, { key });
  expect(await router.change('/user', key, { password: 'one-time-2' })).toEqual({ outcome: 'applied' });
  await device.faults([{ kind: 'drop_reply', match: { method: 'PATCH' }, count: 1 }]);
  const failure: unknown = await router.change('/user', key, { password: 'one-time-3' }).catch((e: unknown) => e);
  expect(failure).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('one-time');
});

test('a route that is added disabled is in place, although the router shows little of it', async () => {
  const { router, device } = await start();
  const key = { 'dst-address': '10.94.0.0/16' };
  const values = { ...key, gateway: '10.20.0.1', distance: '7', disabled: 'true' };
  expect(await router.add('/ip/route', values, { key })).toEqual({ outcome: 'applied' });
  expect((await router.list('/ip/route', { where: key }))[0]).not.toHaveProperty('distance');
  await expect(router.add('/ip/route', values, { key })).rejects.toMatchObject({ code: 'PLAN_STALE' });
  expect(await writes(device)).toBe(1);
});
