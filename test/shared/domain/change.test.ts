import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../shared/domain/canonical-json.ts';
import { changesOf, Step, undoOf } from '../../../shared/domain/change.ts';

const field = fc.constantFrom('name', 'comment', 'address', 'distance');
const values = fc.dictionary(field, fc.string({ maxLength: 8 }));
const key = fc.dictionary(field, fc.string({ maxLength: 8 }), { minKeys: 1 });
const place = fc.option(key);
const menu = fc.constantFrom('/ip/route', '/user/group');

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ op: fc.constant('set' as const), menu, before: values, after: values }),
  fc.record({ op: fc.constant('add' as const), menu, key, values, placeBefore: place }),
  fc.record({ op: fc.constant('remove' as const), menu, key, values, placeBefore: place }),
  fc.record({ op: fc.constant('move' as const), menu, key, before: place, after: place }),
  // What was captured of a row holds what names it.
  fc
    .record({ name: fc.string(), renamed: fc.string(), comment: fc.option(fc.string()) })
    .map(({ name, renamed, comment }) => ({
      op: 'change' as const,
      menu: '/user/group',
      key: { name },
      before: { name, comment },
      after: { name: renamed, comment: null },
    })),
);

test('undoing an undo is the step again, and every step survives being stored', () => {
  fc.assert(
    fc.property(anyStep, (step) => {
      expect(undoOf(undoOf(step))).toEqual(step);
      expect(Step.parse(JSON.parse(canonicalJson(step)))).toEqual(step);
    }),
  );
});

test('the diff of an undo is the diff read backwards', () => {
  fc.assert(
    fc.property(anyStep, (step) => {
      const backwards = changesOf([step]).map(({ key: name, before, after }) => ({
        name,
        before: after,
        after: before,
      }));
      const undone = changesOf([undoOf(step)]).map(({ key: name, before, after }) => ({ name, before, after }));
      expect(undone).toEqual(expect.arrayContaining(backwards));
      expect(undone).toHaveLength(backwards.length);
    }),
  );
});

test('a renamed row is undone under its new name', () => {
  const step: Step = {
    op: 'change',
    menu: '/user/group',
    key: { name: 'night' },
    before: { name: 'night' },
    after: { name: 'watch' },
  };
  expect(undoOf(step)).toEqual({
    ...step,
    key: { name: 'watch' },
    before: { name: 'watch' },
    after: { name: 'night' },
  });
});

test('a flag that has no value reads as set, and what is empty or not there as none', () => {
  const routeKey = { 'dst-address': '10.99.0.0/24' };
  const [flag, comment] = changesOf([
    { op: 'add', menu: '/ip/route', key: routeKey, values: { blackhole: '', comment: '' }, placeBefore: null },
  ]);
  expect(flag?.summary).toMatch(/ blackhole: \(none\) → \(set\)$/);
  expect(comment?.summary).toMatch(/ comment: \(none\) → \(none\)$/);
});
