import { expect, test } from 'vitest';
import { leftObjects } from '../../../activities/device/left-objects.ts';
import type { Step } from '../../../shared/domain/change.ts';

const secret = 'wpa2-pre-shared-key';
const step: Step = {
  op: 'change',
  menu: '/interface/wireless/security-profiles',
  key: { name: 'guest' },
  before: { [secret]: 'old-c4n4ry', comment: 'old' },
  after: { [secret]: 'new-c4n4ry', comment: 'new' },
};

test('what is left is told without secrets', () => {
  const left = leftObjects([step], [{ is: 'before' }], true);
  expect(left.map(({ field }) => field)).toEqual([secret, 'comment']);
  expect(JSON.stringify(left)).not.toContain('c4n4ry');
  expect(left[0]).toMatchObject({ expected: '***', planned: '***', found: '***' });
});

test('of steps that are still to be taken only what somebody else changed is told', () => {
  const found = { [secret]: '***', comment: 'theirs' };
  expect(leftObjects([step], [{ is: 'before' }], false)).toEqual([]);
  expect(leftObjects([step], [{ is: 'foreign', found }], false)).toMatchObject([
    { field: secret, found: '***' },
    { field: 'comment', expected: 'old', planned: 'new', found: 'theirs', why: 'conflict' },
  ]);
});
