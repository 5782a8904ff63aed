import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeviceSession, type DeviceSession } from '../../../activities/routeros/device-session.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { PATIENT_LIMITS, startDevice, type SimulatedDevice } from './simulated-device.ts';

/** Text that means something to a console, a script, a URL or a JSON reader somewhere on the way. */
const HOSTILE = [
  '"; /system/reboot; "',
  '$password',
  '[/user/remove admin]',
  ':put [/system/identity/get name]',
  'a;b;c',
  'line one\nline two\r\n:log info "three"',
  '*1',
  '%2A1',
  '*1,*2,*3',
  '../../user/admin',
  '/rest/system/reboot',
  '?.proplist=password',
  '=.id=*1',
  '!name',
  '~"^admin"',
  '\\',
  '\\"',
  '"',
  "'",
  '{"name":"x","group":"full"}',
  'null',
  'undefined',
  '0',
  '010',
  'true',
  'yes',
  ' ',
  'tab\tand bell\u0007',
  '\u0000',
  '\u001b[31m',
  '\u202egnp.exe',
  'zero\u200bwidth',
  'kancelář',
  '日本語',
  '🛰️',
  'x'.repeat(4_000),
  '<script>alert(1)</script>',
  '#comment',
  '`id`',
  '${7*7}',
  '__proto__',
  'constructor',
];

let device: SimulatedDevice;
let session: DeviceSession;
let router: Router;

beforeAll(async () => {
  device = await startDevice({ http: true });
  session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  const paths = ['/system/identity', '/system/scheduler', '/user/group', '/log', '/interface'];
  router = session.router({ paths, effect: 'write' });
});

afterAll(async () => {
  await session.close();
  await device.stop();
});

interface Written {
  path: string;
  command: string;
  before: Record<string, string> | null;
  after: Record<string, string> | null;
}

/** What the router says was done to it by this. */
async function writtenBy(work: () => Promise<unknown>): Promise<Written[]> {
  await device.clearJournal();
  await work();
  return (await device.journal()).entries as unknown as Written[];
}

/** Every parameter a person can fill, from being added to being removed. */
async function livesAsData(text: string): Promise<void> {
  const named = await writtenBy(() => router.set('/system/identity', { name: text }));
  expect(named).toMatchObject([{ path: '/system/identity', command: 'set', after: { name: text } }]);

  const key = { name: `entry ${text}` };
  const values = { ...key, comment: `note ${text}`, 'on-event': text };
  const added = await writtenBy(() => router.add('/system/scheduler', values, { key }));
  expect(added).toMatchObject([{ path: '/system/scheduler', command: 'add', after: values }]);
  expect(await writtenBy(() => router.add('/system/scheduler', values, { key }))).toEqual([]);

  const [found, ...others] = await router.list('/system/scheduler', { where: key, fields: ['name', 'comment'] });
  expect(found).toMatchObject({ ...key, comment: values.comment });
  expect(others).toEqual([]);

  const after = { comment: `${text} changed`, 'on-event': `${text};` };
  const changed = await writtenBy(() => router.change('/system/scheduler', key, after));
  expect(changed).toMatchObject([{ path: '/system/scheduler', command: 'set', after: { ...key, ...after } }]);

  const removed = await writtenBy(() => router.remove('/system/scheduler', key));
  expect(removed).toMatchObject([{ path: '/system/scheduler', command: 'remove', before: key, after: null }]);

  const message = `said ${text}`;
  expect(await writtenBy(() => router.run('/log', 'info', { message }))).toEqual([]);
  const lines = await router.list('/log', { fields: ['message'] });
  expect(lines.at(-1)?.['message']).toBe(message);
}

test.each(HOSTILE)('%j reaches the router as data, in every parameter', async (text) => {
  await livesAsData(text);
});

test('so does any other text', async () => {
  const text = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.array(fc.constantFrom(...HOSTILE), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('')),
  );
  await fc.assert(fc.asyncProperty(text, livesAsData), { numRuns: 40 });
}, 180_000);

test('no text makes another command of an argument', async () => {
  for (const text of HOSTILE) {
    const written = await writtenBy(() =>
      router.run('/interface', 'monitor-traffic', { interface: text, once: '' }).catch((error: unknown) => error),
    );
    expect(written).toEqual([]);
  }
});

test.each(['../user', '/user/group/../../user', '/user%2Fgroup', '/user/group?x=1', '*1'])(
  'a menu that was not declared stays out of reach by the name %j',
  async (menu) => {
    const { requests } = (await device.journal()).counters;
    await expect(router.list(menu)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
    await expect(router.remove(menu, { name: 'read' })).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
    await expect(router.run(menu, 'flush')).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
    expect((await device.journal()).counters.requests).toBe(requests);
  },
);
