import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { rulesAfter } from '../../../shared/plans/firewall/rule-order.ts';

const MENU = '/ip/firewall/filter';
const rule = (comment: string): Record<string, string> => ({ chain: 'input', action: 'accept', comment });
const key = (comment: string): Record<string, string> => ({ comment });

function standing(steps: Step[]): string[] {
  return rulesAfter(MENU, ['a', 'b', 'c'].map(rule), steps).map(
    ({ values, is }) => `${values['comment']} ${values['action']}: ${is}`,
  );
}

test('rules stand where the steps put them, and one that goes is shown where it stood', () => {
  const steps: Step[] = [
    { op: 'add', menu: MENU, key: key('new'), values: rule('new'), placeBefore: key('b') },
    { op: 'move', menu: MENU, key: key('a'), before: key('b'), after: null },
    { op: 'remove', menu: MENU, key: key('c'), values: rule('c'), placeBefore: null },
    { op: 'change', menu: MENU, key: key('b'), before: { action: 'accept' }, after: { action: 'drop' } },
  ];
  expect(standing(steps)).toEqual(['new accept: added', 'b drop: changed', 'c accept: removed', 'a accept: moved']);
});

test('steps of other menus leave the rules alone', () => {
  const other: Step[] = [
    { op: 'remove', menu: '/ipv6/firewall/filter', key: key('a'), values: rule('a'), placeBefore: null },
    { op: 'set', menu: '/ip/dns', before: { servers: '' }, after: { servers: '192.0.2.1' } },
  ];
  expect(standing(other)).toEqual(['a accept: kept', 'b accept: kept', 'c accept: kept']);
});
