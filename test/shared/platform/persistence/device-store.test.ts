import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import type { Device, DeviceSelector } from '../../../../shared/domain/device.ts';
import { maySeeDevice, type DeviceGrant } from '../../../../shared/domain/principal.ts';

const EVERYTHING: DeviceGrant[] = [{ all: true }];

test('gives back what was registered, by id and by name', async () => {
  const { devices, credentials } = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01', tags: ['core', 'null', 'site:a'], model: null });
  await devices.insert(device, 'cv1.sealed');

  expect(await devices.get(device.deviceId)).toEqual(device);
  expect(await devices.find(device.deviceId)).toEqual(device);
  expect(await devices.find('lab-01')).toEqual(device);
  expect(await credentials.get(device.deviceId)).toBe('cv1.sealed');
  expect(await devices.get('lab-01')).toBeNull();
  expect(await devices.find('LAB-01')).toBeNull();
});

test('prefers an id to a name that reads like it', async () => {
  const { devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await devices.insert(sampleDevice({ name: device.deviceId }), 'x');
  await devices.insert(device, 'x');
  expect(await devices.find(device.deviceId)).toEqual(device);
});

test('refuses a name in use and keeps neither the device nor its credential', async () => {
  const { devices, credentials } = await openTestDatabase();
  await devices.insert(sampleDevice({ name: 'lab-01' }), 'x');
  const second = sampleDevice({ name: 'lab-01' });
  await expect(devices.insert(second, 'cv1.sealed')).rejects.toMatchObject({
    code: 'DEVICE_EXISTS',
    details: { name: 'lab-01' },
  });
  expect(await devices.get(second.deviceId)).toBeNull();
  expect(await credentials.get(second.deviceId)).toBeNull();
});

test('gives many devices by id, ordered by name, without those that are not there', async () => {
  const { devices } = await openTestDatabase();
  const stored = ['lab-10', 'lab-02', 'Lab-03'].map((name) => sampleDevice({ name }));
  for (const device of stored) await devices.insert(device, 'x');
  const found = await devices.getMany([...stored.map(({ deviceId }) => deviceId), 'dev_unknown']);
  expect(found.map(({ name }) => name)).toEqual(['Lab-03', 'lab-02', 'lab-10']);
  expect(await devices.getMany([])).toEqual([]);
});

test('selects by every given criterion, and nothing by an empty selector', async () => {
  const { devices } = await openTestDatabase();
  const stored = [
    sampleDevice({ name: 'a', environment: 'lab', tags: ['core', 'x'] }),
    sampleDevice({ name: 'b', environment: 'lab', tags: ['edge'], status: 'unreachable' }),
    sampleDevice({ name: 'c', environment: 'prod', tags: ['core'] }),
    sampleDevice({ name: 'd', environment: 'lab', tags: ['core'], status: 'decommissioned' }),
  ];
  for (const device of stored) await devices.insert(device, 'x');
  const select = async (selector: DeviceSelector): Promise<string> =>
    (await devices.select(selector, EVERYTHING)).map(({ name }) => name).join('');

  expect(await select({})).toBe('');
  expect(await select({ tags: [] })).toBe('');
  expect(await select({ ids: [] })).toBe('');
  expect(await select({ names: [], environment: 'lab' })).toBe('');
  expect(await select({ environment: 'lab' })).toBe('ab');
  expect(await select({ environment: 'lab', tags: [] })).toBe('ab');
  expect(await select({ tags: ['core'] })).toBe('ac');
  expect(await select({ tags: ['core', 'x'] })).toBe('a');
  expect(await select({ tags: ['core', 'edge'] })).toBe('');
  expect(await select({ names: ['b', 'c', 'zzz'] })).toBe('bc');
  expect(await select({ ids: stored.map(({ deviceId }) => deviceId), environment: 'prod' })).toBe('c');
  expect(await select({ status: 'unreachable' })).toBe('b');
  expect(await select({ status: 'decommissioned' })).toBe('d');
  expect(await select({ status: 'decommissioned', names: ['a'] })).toBe('');
});

test('treats what a caller selects by as data', async () => {
  const { devices } = await openTestDatabase();
  await devices.insert(sampleDevice({ name: 'a', tags: ['core'] }), 'x');
  for (const text of [`core'] or true --`, 'null', 'core"}', '?', '$1', String.raw`\'`, '{core}']) {
    expect(await devices.select({ tags: [text] }, EVERYTHING), text).toEqual([]);
    expect(await devices.select({ names: [text] }, EVERYTHING), text).toEqual([]);
    expect(await devices.select({ environment: 'lab' }, [{ tags: [text] }]), text).toEqual([]);
  }
});

test('shows exactly the devices the grants cover', async () => {
  const { devices } = await openTestDatabase();
  const stored: Device[] = [];
  for (const environment of ['lab', 'staging', 'prod'] as const) {
    for (const tags of [[], ['core'], ['edge'], ['core', 'edge']]) {
      stored.push(sampleDevice({ name: `${environment}-${tags.join('-')}`, environment, tags }));
    }
  }
  for (const device of stored) await devices.insert(device, 'x');

  const some = <T>(values: readonly T[]): fc.Arbitrary<T[] | undefined> =>
    fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined });
  const criteria = fc
    .record({
      environments: some(['lab', 'staging', 'prod'] as const),
      tags: some(['core', 'edge', 'none']),
      ids: some(stored.map(({ deviceId }) => deviceId)),
    })
    .filter((grant) => Object.values(grant).some((criterion) => criterion !== undefined));
  const grants = fc.array(
    fc.oneof({ weight: 1, arbitrary: fc.constant({ all: true as const }) }, { weight: 9, arbitrary: criteria }),
    {
      maxLength: 3,
    },
  );

  await fc.assert(
    fc.asyncProperty(grants, async (given: DeviceGrant[]) => {
      const expected = stored
        .filter((device) => maySeeDevice({ grants: [{ roles: ['viewer'], devices: given }] }, device))
        .map(({ name }) => name);
      const { devices: listed, total } = await devices.list({ grants: given, limit: 100 });
      expect(listed.map(({ name }) => name)).toEqual(expected.toSorted());
      expect(total).toBe(expected.length);
      const selected = await devices.select({ environment: 'lab' }, given);
      expect(selected.map(({ name }) => name)).toEqual(expected.filter((name) => name.startsWith('lab')).toSorted());
    }),
    { numRuns: 60 },
  );
});

test('lists a page at a time in one order, with the number of all', async () => {
  const { devices } = await openTestDatabase();
  for (const name of ['c', 'a', 'e', 'b', 'd']) await devices.insert(sampleDevice({ name }), 'x');
  const seen: string[] = [];
  for (let after: Device | undefined; ;) {
    const page = await devices.list({ grants: EVERYTHING, limit: 2, ...(after === undefined ? {} : { after }) });
    expect(page.total).toBe(5);
    seen.push(...page.devices.map(({ name }) => name));
    if (page.devices.length < 2) break;
    after = page.devices.at(-1);
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('lists all that are not decommissioned without a selector, and fewer with one', async () => {
  const { devices } = await openTestDatabase();
  await devices.insert(sampleDevice({ name: 'a' }), 'x');
  await devices.insert(sampleDevice({ name: 'b', environment: 'prod' }), 'x');
  await devices.insert(sampleDevice({ name: 'c', status: 'decommissioned' }), 'x');
  const list = async (selector?: DeviceSelector): Promise<string[]> =>
    (await devices.list({ ...(selector === undefined ? {} : { selector }), grants: EVERYTHING, limit: 9 })).devices.map(
      ({ name }) => name,
    );
  expect(await list()).toEqual(['a', 'b']);
  expect(await list({})).toEqual(['a', 'b']);
  expect(await list({ environment: 'prod' })).toEqual(['b']);
  expect(await list({ status: 'decommissioned' })).toEqual(['c']);
  expect((await devices.list({ grants: [], limit: 9 })).total).toBe(0);
});

test('writes the facts it is given and keeps the others', async () => {
  const { devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'a', status: 'unreachable', serialNumber: 'HF1' });
  await devices.insert(device, 'x');
  await devices.recordFacts(device.deviceId, { status: 'healthy', identity: 'core\0router', version: '7.21' });
  expect(await devices.get(device.deviceId)).toEqual({
    ...device,
    status: 'healthy',
    identity: 'core\u{FFFD}router',
    version: '7.21',
    updatedAt: expect.any(String),
  });
  await devices.recordFacts(device.deviceId, { model: null });
  expect(await devices.get(device.deviceId)).toMatchObject({ model: null, version: '7.21', serialNumber: 'HF1' });
});

test('sets flags, tags, trust and limits, each without touching the rest', async () => {
  const { devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'a', tags: ['old'] });
  await devices.insert(device, 'x');
  await devices.edit(device.deviceId, { flags: { allowAdvancedWrites: true } });
  await devices.edit(device.deviceId, { flags: { allowDhcpWrites: true, allowAdvancedWrites: undefined } });
  const edit = { tags: ['new', 'core', 'new'], lane: { requestsPerSecond: 0.5 }, tls: { mode: 'plaintext' } } as const;
  const answered = await devices.edit(device.deviceId, edit);

  const expected = {
    ...device,
    flags: { ...device.flags, allowAdvancedWrites: true, allowDhcpWrites: true },
    tags: ['new', 'core'],
    lane: { maxInFlight: 2, requestsPerSecond: 0.5 },
    tls: { mode: 'plaintext' },
    updatedAt: expect.any(String),
  };
  expect(answered).toEqual(expected);
  expect(await devices.get(device.deviceId)).toEqual(expected);
});

test('where a device is reached over SSH is set with its host key, and both are taken back together', async () => {
  const { devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const hostKey = `SHA256:${'A'.repeat(43)}`;
  expect(await devices.edit(device.deviceId, { ssh: { port: 2222, hostKey } })).toMatchObject({
    sshPort: 2222,
    sshHostKey: hostKey,
  });
  expect(await devices.find('a')).toMatchObject({ sshPort: 2222, sshHostKey: hostKey });
  await devices.edit(device.deviceId, { ssh: null });
  expect(await devices.get(device.deviceId)).toMatchObject({ sshPort: null, sshHostKey: null });
  const reachable = sampleDevice({ name: 'b', sshPort: 22, sshHostKey: hostKey });
  await devices.insert(reachable, 'x');
  expect(await devices.get(reachable.deviceId)).toEqual(reachable);
});

test('loses no change when flags are set at the same time', async () => {
  const { devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const names = ['allowDhcpWrites', 'allowBridgeWrites', 'allowRoutingWrites', 'allowFirewallWrites'] as const;
  await Promise.all(names.map((name) => devices.edit(device.deviceId, { flags: { [name]: true } })));
  const { flags } = (await devices.get(device.deviceId)) ?? {};
  expect(names.map((name) => flags?.[name])).toEqual([true, true, true, true]);
});

test('says DEVICE_NOT_FOUND for changes of a device that is not there', async () => {
  const { devices } = await openTestDatabase();
  const id = sampleDevice({ name: 'a' }).deviceId;
  for (const attempt of [
    () => devices.recordFacts(id, {}),
    () => devices.edit(id, {}),
    () => devices.replaceCredential(id, { sealed: 'x', facts: {} }),
    () => devices.decommission(id),
    () => devices.reinstate(id, 'healthy'),
    () => devices.retire(id),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  }
});
