import { expect, test } from 'vitest';
import { undoOf, type Step } from '../../../shared/domain/change.ts';
import { undoOfWritten } from '../../../shared/domain/plan-undo.ts';

const menu = '/ip/firewall/filter';
const named = (comment: string) => ({ comment });
const removal = (comment: string, before: string | null): Step => ({
  op: 'remove',
  menu,
  key: named(comment),
  values: { ...named(comment), action: 'drop' },
  placeBefore: before === null ? null : named(before),
});
const move = (comment: string, before: string, after: string): Step => ({
  op: 'move',
  menu,
  key: named(comment),
  before: named(before),
  after: named(after),
});

test('takes back what was written, newest first, and nothing else', () => {
  const dns: Step = { op: 'set', menu: '/ip/dns', before: { servers: 'a' }, after: { servers: 'b' } };
  const steps = [dns, move('a', 'b', 'c'), removal('d', null)];
  expect(undoOfWritten(steps, [0, 1, 2])).toEqual(steps.map(undoOf).reverse());
  expect(undoOfWritten(steps, [2, 0])).toEqual([undoOf(removal('d', null)), undoOf(dns)]);
  expect(undoOfWritten(steps, [])).toEqual([]);
});

test('a removed row goes in front of what followed the rows that somebody else removed behind it', () => {
  const steps = [removal('a', 'b'), removal('b', 'c'), removal('c', 'd'), removal('d', null)];
  expect(undoOfWritten(steps, [0])).toEqual([undoOf(removal('a', null))]);
  expect(undoOfWritten(steps, [0, 2])).toEqual([undoOf(removal('c', null)), undoOf(removal('a', 'c'))]);
  // What is removed before it is no more behind it.
  expect(undoOfWritten([removal('b', 'c'), removal('a', 'c')], [1])).toEqual([undoOf(removal('a', 'c'))]);
});

test('a moved row goes back in front of a row by the name that somebody else gave it', () => {
  const renaming: Step = { op: 'change', menu, key: named('b'), before: named('b'), after: named('x') };
  const elsewhere: Step = { ...renaming, menu: '/ip/firewall/nat' };
  expect(undoOfWritten([move('a', 'b', 'c'), renaming], [0])).toEqual([undoOf(move('a', 'x', 'c'))]);
  expect(undoOfWritten([move('a', 'b', 'c'), elsewhere], [0])).toEqual([undoOf(move('a', 'b', 'c'))]);
});
