import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { leftOf, sayLeft, type StandsTo } from '../../../shared/domain/left-object.ts';

const set: Step = {
  op: 'set',
  menu: '/ip/dns',
  before: { servers: '8.8.8.8', 'cache-size': '2048' },
  after: { servers: '9.9.9.9', 'cache-size': '2048' },
};
const values = { name: 'guest', comment: 'x' };
const add: Step = { op: 'add', menu: '/interface/list', key: { name: 'guest' }, values, placeBefore: null };
const remove: Step = { ...add, op: 'remove' };
const move: Step = {
  op: 'move',
  menu: '/ip/firewall/filter',
  key: { comment: 'a' },
  before: { comment: 'b' },
  after: null,
};

const foreign = (found: Record<string, string | null>): StandsTo => ({ is: 'foreign', found });

test.each([
  [set, { is: 'as_before' }, []],
  [set, { is: 'as_planned' }, ['/ip/dns servers: 9.9.9.9 (still as the plan made it); before the plan it was 8.8.8.8']],
  [
    set,
    foreign({ servers: '192.0.2.9', 'cache-size': '2048' }),
    ['/ip/dns servers: 192.0.2.9 (changed by somebody else); before the plan it was 8.8.8.8'],
  ],
  [set, { is: 'not_read' }, ['/ip/dns servers: could not be read']],
  [
    add,
    { is: 'as_planned' },
    ['/interface/list[name=guest] entry: present (still as the plan made it); before the plan it was absent'],
  ],
  [
    add,
    foreign({ name: 'guest', comment: 'theirs' }),
    [
      '/interface/list[name=guest] entry: present, with comment=theirs (changed by somebody else); before the plan it was absent',
    ],
  ],
  [
    add,
    foreign({ entries: '2' }),
    ['/interface/list[name=guest] entry: 2 of the same name (changed by somebody else); before the plan it was absent'],
  ],
  [
    remove,
    { is: 'as_planned' },
    ['/interface/list[name=guest] entry: absent (still as the plan made it); before the plan it was present'],
  ],
  [
    remove,
    foreign({ name: 'guest', comment: null }),
    ['/interface/list[name=guest] comment: (none) (changed by somebody else); before the plan it was x'],
  ],
  [
    move,
    { is: 'as_planned' },
    [
      '/ip/firewall/filter[comment=a] position: at the end (still as the plan made it); before the plan it was before comment=b',
    ],
  ],
  [
    move,
    foreign({ position: 'elsewhere' }),
    [
      '/ip/firewall/filter[comment=a] position: elsewhere (changed by somebody else); before the plan it was before comment=b',
    ],
  ],
] as [Step, StandsTo, string[]][])('what is left of %o that is %o', (step, stands, said) => {
  expect(leftOf(step, stands).map(sayLeft)).toEqual(said);
});
