import { expect, onTestFinished, test } from 'vitest';
import { writeOnce } from '../../../activities/device/steps.ts';
import { DEAD_MAN_MENUS } from '../../../activities/routeros/dead-man.ts';
import { guardSteps } from '../../../activities/routeros/guard-steps.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { Step } from '../../../shared/domain/change.ts';
import { PATIENT_LIMITS, startDevice } from './simulated-device.ts';

const RULES = '/ip/firewall/filter';
const rule = (comment: string): Record<string, string> => ({ chain: 'forward', action: 'accept', comment });
const named = (comment: string): { comment: string } => ({ comment });

const STEPS: [string, Step][] = [
  ['added', { op: 'add', menu: RULES, key: named('new'), values: rule('new'), placeBefore: named('b') }],
  ['removed', { op: 'remove', menu: RULES, key: named('b'), values: rule('b'), placeBefore: named('c') }],
  [
    'changed, with a field that was not set',
    {
      op: 'change',
      menu: RULES,
      key: named('a'),
      before: { action: 'accept', 'src-address': null },
      after: { action: 'drop', 'src-address': '10.0.0.0/8' },
    },
  ],
  ['moved', { op: 'move', menu: RULES, key: named('a'), before: named('b'), after: null }],
];

for (const version of ['7.12.2', '7.20.8', '7.22.3']) {
  for (const [what, step] of STEPS) {
    test(`a rule that was ${what} is as before when nobody confirms (${version})`, async () => {
      const device = await startDevice({ version });
      onTestFinished(device.stop);
      const paths = [...DEAD_MAN_MENUS, RULES];
      const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths, effect: 'write' });
      onTestFinished(() => opened.close());
      for (const comment of ['a', 'b', 'c']) await router.add(RULES, rule(comment), { key: named(comment) });
      const rules = async (): Promise<unknown[]> =>
        (await router.list(RULES, { fields: ['chain', 'action', 'comment', 'src-address'] })).map(
          ({ '.id': _id, ...fields }) => fields,
        );
      const before = await rules();

      await guardSteps(router, [step], { transaction: 'tx01', minutes: 1 });
      await writeOnce(router, step);
      expect(await rules()).not.toEqual(before);
      await device.advance(65);
      expect(await rules()).toEqual(before);
    });
  }
}

test('routes are as before when nobody confirms, also those that throw packets away', async () => {
  const menu = '/ip/route';
  const device = await startDevice({ version: '7.20.8' });
  onTestFinished(device.stop);
  const paths = [...DEAD_MAN_MENUS, menu];
  const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths, effect: 'write' });
  onTestFinished(() => opened.close());
  const lost = { 'dst-address': '10.1.0.0/16', blackhole: '', 'routing-table': 'main' };
  const away = { 'dst-address': '10.1.0.0/16', gateway: 'bridge', 'routing-table': 'main' };
  const other = { ...lost, 'dst-address': '10.2.0.0/16' };
  await router.add(menu, { ...lost, distance: '9' }, { key: lost });
  await router.add(menu, away, { key: away });
  const fields = ['dst-address', 'gateway', 'blackhole', 'distance', 'check-gateway'];
  const routes = async (): Promise<unknown[]> =>
    (await router.list(menu, { fields, configuredOnly: true }))
      .map(({ '.id': _id, ...values }) => JSON.stringify(values, fields))
      .toSorted();
  const before = await routes();
  const steps: Step[] = [
    { op: 'add', menu, key: other, values: other, placeBefore: null },
    {
      op: 'change',
      menu,
      key: away,
      before: { distance: '1', 'check-gateway': null },
      after: { distance: '7', 'check-gateway': 'ping' },
    },
    { op: 'remove', menu, key: lost, values: { ...lost, distance: '9' }, placeBefore: null },
  ];

  await guardSteps(router, steps, { transaction: 'tx02', minutes: 1 });
  for (const step of steps) await writeOnce(router, step);
  expect(await routes()).not.toEqual(before);
  await device.advance(65);
  expect(await routes()).toEqual(before);
});
