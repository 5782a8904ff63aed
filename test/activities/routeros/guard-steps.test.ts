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
