import { expect, onTestFinished, test, vi } from 'vitest';
import { inspectStep, writeOnce } from '../../../activities/device/steps.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { changesOf, Step, undoOf } from '../../../shared/domain/change.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { undoCommands } from '../../../shared/routeros/undo-script.ts';
import { PATIENT_LIMITS, startDevice } from './simulated-device.ts';

type RouterOptions = Parameters<typeof openRouter>[0];

const ROUTE = '/ip/route';
const FILTER = '/ip/firewall/filter';

const set: Step = { op: 'set', menu: '/system/identity', before: { name: 'old' }, after: { name: 'new' } };
const add: Step = {
  op: 'add',
  menu: ROUTE,
  key: { 'dst-address': '10.96.0.0/16' },
  values: { 'dst-address': '10.96.0.0/16', gateway: '10.20.0.1', distance: '2' },
  placeBefore: null,
};
const change: Step = {
  op: 'change',
  menu: ROUTE,
  key: { 'dst-address': '10.95.0.0/16' },
  before: { distance: '1', comment: 'old' },
  after: { distance: '9', comment: null },
};
const rename: Step = {
  op: 'change',
  menu: '/user/group',
  key: { name: 'night' },
  before: { name: 'night' },
  after: { name: 'watch' },
};
const remove: Step = {
  op: 'remove',
  menu: FILTER,
  key: { comment: 'r2' },
  values: { chain: 'forward', action: 'accept', comment: 'r2' },
  placeBefore: { comment: 'r3' },
};
const move: Step = {
  op: 'move',
  menu: FILTER,
  key: { comment: 'r1' },
  before: { comment: 'r2' },
  after: null,
};
const STEPS: [string, Step][] = [
  ['set', set],
  ['add', add],
  ['change', change],
  ['rename', rename],
  ['remove', remove],
  ['move', move],
];

/** A router that takes writes. */
async function openForWriting(access: Pick<RouterOptions, 'paths' | 'gate' | 'beforeWrite' | 'mayWrite'>) {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    effect: 'write',
    ...access,
  });
  onTestFinished(() => opened.close());
  return { device, router };
}

async function start(): Promise<Router> {
  const { router } = await openForWriting({ paths: [...new Set(STEPS.map(([, { menu }]) => menu))] });
  await router.set('/system/identity', { name: 'old' });
  const route = { 'dst-address': '10.95.0.0/16', gateway: '10.20.0.1', distance: '1', comment: 'old' };
  await router.add(ROUTE, route, { key: change.op === 'change' ? change.key : {} });
  await router.add('/user/group', { name: 'night', policy: 'read' }, { key: { name: 'night' } });
  for (const comment of ['r1', 'r2', 'r3']) {
    await router.add(FILTER, { chain: 'forward', action: 'accept', comment }, { key: { comment } });
  }
  return router;
}

/** The menu's configured rows without what counts or names them. */
async function shown(router: Router, menu: string): Promise<unknown> {
  if (menu === '/system/identity') return router.get(menu);
  const rows = await router.list(menu, { configuredOnly: true });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([field]) => !['.id', 'bytes', 'packets'].includes(field))),
  );
}

test.each(STEPS)('%s: written once, seen as done, and taken back to exactly what was there', async (_, step) => {
  const router = await start();
  const original = await shown(router, step.menu);
  expect(Step.parse(structuredClone(step))).toEqual(step);
  expect(await inspectStep(router, step)).toEqual({ is: 'before' });
  expect(await inspectStep(router, undoOf(step))).toEqual({ is: 'after' });
  expect(await writeOnce(router, step)).toEqual({ wrote: true });
  expect(await inspectStep(router, step)).toEqual({ is: 'after' });
  expect(await writeOnce(router, step)).toEqual({ wrote: false });
  expect(await writeOnce(router, undoOf(step))).toEqual({ wrote: true });
  expect(await shown(router, step.menu)).toEqual(original);
});

/** What somebody else did meanwhile, that neither side of the step knows. */
const MEDDLING: [string, Step, (router: Router) => Promise<unknown>][] = [
  ['set', set, (router) => router.set('/system/identity', { name: 'theirs' })],
  ['add', add, (router) => router.add(ROUTE, { ...values(add), distance: '7' }, { key: keyOf(add) })],
  ['change', change, (router) => router.change(ROUTE, keyOf(change), { distance: '7' })],
  ['a row to change that is gone', change, (router) => router.remove(ROUTE, keyOf(change))],
  [
    'a name that is taken',
    rename,
    (router) => router.add('/user/group', { name: 'watch', policy: 'read' }, { key: { name: 'watch' } }),
  ],
  ['remove', remove, (router) => router.change(FILTER, keyOf(remove), { action: 'drop' })],
  ['move', move, (router) => router.move(FILTER, keyOf(move), { comment: 'r3' })],
  ['a row to move that is gone', move, (router) => router.remove(FILTER, keyOf(move))],
  [
    'two rows of one key',
    change,
    (router) => router.add(ROUTE, { ...keyOf(change), gateway: '10.20.0.2' }, { key: { gateway: '10.20.0.2' } }),
  ],
];

test.each(MEDDLING)('%s: leaves alone what somebody else changed', async (_, step, meddle) => {
  const router = await start();
  await meddle(router);
  const theirs = await shown(router, step.menu);
  expect(await inspectStep(router, step)).toMatchObject({ is: 'foreign' });
  await expect(writeOnce(router, step)).rejects.toMatchObject({ code: 'PLAN_STALE' });
  expect(await shown(router, step.menu)).toEqual(theirs);
});

test('secrets stay out of what is told of somebody else, and a masked one is never written', async () => {
  const menu = '/snmp/community';
  const { router } = await openForWriting({ paths: [menu] });
  const key = { comment: 'monitoring' };
  await router.add(menu, { ...key, name: 'theirs-c4n4ry', 'authentication-password': 'theirs-p4ssword' }, { key });
  const ours = { ...key, name: 'ours', 'authentication-password': 'ours-p4ssword' };
  const step: Step = { op: 'add', menu, key, values: ours, placeBefore: null };
  const refusal: unknown = await writeOnce(router, step).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'PLAN_STALE', details: { found: { name: '***' } } });
  expect(JSON.stringify(refusal)).not.toMatch(/theirs/);

  const asRead = { 'authentication-password': '***' };
  const masked: Step = {
    op: 'change',
    menu,
    key,
    before: asRead,
    after: { 'authentication-password': 'n3w-p4ssword' },
  };
  for (const refused of [masked, undoOf(masked)]) {
    await expect(writeOnce(router, refused)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
    expect(() => undoCommands([refused], new Set())).toThrow(/masked/);
  }
  expect(await router.list(menu, { where: key })).toMatchObject([{ 'authentication-password': 'theirs-p4ssword' }]);
});

test('a step that changes nothing counts as done', async () => {
  const router = await start();
  const idle: Step = { op: 'set', menu: '/system/identity', before: { name: 'old' }, after: { name: 'old' } };
  expect(await writeOnce(router, idle)).toEqual({ wrote: false });
});

test('the owner of the lane is asked just before the write, and can keep it from being sent', async () => {
  const { device, router } = await openForWriting({
    paths: [ROUTE, '/system/identity'],
    mayWrite: () => Promise.reject(new Error('the lane was lost')),
  });
  const name = String((await router.get('/system/identity'))['name']);
  for (const step of [add, { ...set, before: { name } } as Step]) {
    await expect(writeOnce(router, step)).rejects.toThrow('the lane was lost');
  }
  expect((await device.journal()).counters.writes).toBe(0);
});

test('a write whose process stood still after it was allowed does not leave any more', async () => {
  const rightNow = performance.now.bind(performance);
  let stoodStillMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => rightNow() + stoodStillMs);
  onTestFinished(() => void vi.restoreAllMocks());
  const { device, router } = await openForWriting({
    paths: [ROUTE],
    mayWrite: async () => void (stoodStillMs += 10_000),
  });
  await expect(writeOnce(router, add)).rejects.toMatchObject({
    code: 'LANE_LOST',
    details: { outcome: 'not_applied' },
  });
  expect((await device.journal()).counters.writes).toBe(0);
});

test('a write does not leave, nor keep others waiting, while nobody says whether it may', async () => {
  const { device, router } = await openForWriting({
    paths: [ROUTE],
    mayWrite: () => new Promise(() => undefined),
  });
  await expect(writeOnce(router, add)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { outcome: 'not_applied' },
  });
  expect((await device.journal()).counters.writes).toBe(0);
});

test('the owner is asked when it is the turn of a write, not while it waits in line', async () => {
  const order: string[] = [];
  let isWrite = false;
  const { router } = await openForWriting({
    gate: async (send) => {
      if (isWrite) order.push('turn');
      return send();
    },
    paths: ['/system/identity'],
    beforeWrite: async () => {
      order.push('in line');
      isWrite = true;
    },
    mayWrite: async () => void order.push('leaves'),
  });
  const name = String((await router.get('/system/identity'))['name']);
  await router.set('/system/identity', { name: `${name}-2` });
  expect(order).toEqual(['in line', 'turn', 'leaves']);
});

test('a diff names the row and shows every field', () => {
  expect(changesOf([add, change, remove, move]).map(({ summary }) => summary)).toEqual([
    '/ip/route[dst-address=10.96.0.0/16] dst-address: (none) → 10.96.0.0/16',
    '/ip/route[dst-address=10.96.0.0/16] gateway: (none) → 10.20.0.1',
    '/ip/route[dst-address=10.96.0.0/16] distance: (none) → 2',
    '/ip/route[dst-address=10.95.0.0/16] distance: 1 → 9',
    '/ip/route[dst-address=10.95.0.0/16] comment: old → (none)',
    '/ip/firewall/filter[comment=r2] chain: forward → (none)',
    '/ip/firewall/filter[comment=r2] action: accept → (none)',
    '/ip/firewall/filter[comment=r2] comment: r2 → (none)',
    '/ip/firewall/filter[comment=r2] position: before [comment=r3] → (none)',
    '/ip/firewall/filter[comment=r1] position: before [comment=r2] → at the end',
  ]);
});

test.each([{ key: {} }, { key: { '.id': '*1' } }, { menu: '/ip/route; /user' }, { op: 'destroy' }])(
  'is no step with %o',
  (broken) => {
    expect(Step.safeParse({ ...add, ...broken }).success).toBe(false);
  },
);

function keyOf(step: Step): Record<string, string> {
  if (step.op === 'set') throw new Error('a singleton has no key');
  return step.key;
}

function values(step: Step): Record<string, string> {
  if (step.op !== 'add') throw new Error('only an added row has values');
  return step.values;
}
