import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { undoCommands } from '../../../shared/routeros/undo-script.ts';

const key = { comment: 'web' };
const values = { chain: 'input', action: 'drop', comment: 'web' };
const RULES = '/ip/firewall/filter';
const find = `[${RULES}/find where comment="web"]`;

const CASES: [string, Step, string][] = [
  [
    'a setting gets the value it had, other fields are left alone',
    {
      op: 'set',
      menu: '/ip/dns',
      before: { servers: '8.8.8.8', 'cache-size': '2048' },
      after: { servers: '9.9.9.9', 'cache-size': '2048' },
    },
    '/ip/dns/set servers="8.8.8.8"',
  ],
  [
    'an added row is removed',
    { op: 'add', menu: RULES, key, values, placeBefore: { comment: 'last' } },
    `${RULES}/remove ${find}`,
  ],
  [
    'a removed row is added again where it stood, unless it is there',
    { op: 'remove', menu: RULES, key, values, placeBefore: null },
    `:if ([:len ${find}] = 0) do={${RULES}/add chain="input" action="drop" comment="web"}`,
  ],
  [
    'a changed row gets the values it had, and loses those it did not have',
    {
      op: 'change',
      menu: RULES,
      key,
      before: { 'dst-port': '80', 'src-address': null, disabled: 'true' },
      after: { 'dst-port': '443', 'src-address': '10.0.0.0/8', disabled: 'true' },
    },
    `${RULES}/set ${find} dst-port="80" !src-address`,
  ],
  [
    'a renamed row is found by its new name',
    { op: 'change', menu: '/interface', key: { name: 'a' }, before: { name: 'a' }, after: { name: 'b' } },
    '/interface/set [/interface/find where name="b"] name="a"',
  ],
  [
    'a moved row goes back to where it stood',
    { op: 'move', menu: RULES, key, before: { comment: 'first' }, after: null },
    `${RULES}/move ${find} destination=[${RULES}/find where comment="first"]`,
  ],
];

for (const [says, step, command] of CASES) {
  test(says, () => {
    expect(undoCommands([step], new Set())).toEqual([command]);
  });
}

test('the newest step is taken back first', () => {
  const steps: Step[] = ['1', '2'].map((n) => ({
    op: 'set',
    menu: '/system/identity',
    before: { name: n },
    after: { name: `${n}x` },
  }));
  expect(undoCommands(steps, new Set())).toEqual(['/system/identity/set name="2"', '/system/identity/set name="1"']);
});

test('rows that the router made itself are spared where a menu tells them', () => {
  const step: Step = { op: 'add', menu: RULES, key, values, placeBefore: null };
  expect(undoCommands([step], new Set([RULES]))).toEqual([
    `${RULES}/remove [${RULES}/find where comment="web" and !dynamic]`,
  ]);
});
