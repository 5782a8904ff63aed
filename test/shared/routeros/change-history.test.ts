import { expect, test } from 'vitest';
import { authorOf, readHistory } from '../../../shared/routeros/change-history.ts';

const CLOCK = { date: '2026-11-27', time: '12:00:00', offsetSeconds: 3_600 };
const entry = (by: string, redo: string, undo: string, more = {}) => ({
  action: 'item changed',
  by,
  redo,
  undo,
  time: '2026-11-27 11:00:00',
  undoable: 'true',
  ...more,
});

test('a change is found by the values that its entry shows, whichever row is named in it', () => {
  const entries = readHistory(
    [
      entry('eva', '/ip/firewall/filter/set *5 disabled=yes', '/ip/firewall/filter/set *5 disabled=no'),
      entry('otto', '/ip/firewall/filter/set *4 action=drop', '/ip/firewall/filter/set *4 action=accept'),
      entry('uwe', '/ip/firewall/filter/add chain=input comment="from home"', '/ip/firewall/filter/remove *6'),
      entry('ida', '/ip/firewall/filter/remove *9', '/ip firewall filter add chain=forward comment=old'),
    ],
    CLOCK,
  );
  const menu = '/ip/firewall/filter';
  const changed = {
    menu,
    kind: 'changed',
    before: { action: 'accept', chain: 'input' },
    after: { action: 'drop', chain: 'input' },
  } as const;
  expect(authorOf(entries, changed)).toMatchObject({
    entry: { by: 'otto', at: '2026-11-27T10:00:00.000Z' },
    match: 'object',
  });
  const added = { menu, kind: 'added', before: null, after: { chain: 'input', comment: 'from home' } } as const;
  expect(authorOf(entries, added)).toMatchObject({ entry: { by: 'uwe' }, match: 'object' });
  const removed = { menu, kind: 'removed', before: { chain: 'forward', comment: 'old' }, after: null } as const;
  expect(authorOf(entries, removed)).toMatchObject({ entry: { by: 'ida' }, match: 'object' });
});

test('a change that no entry shows is perhaps the newest of its menu, and of other menus nothing is said', () => {
  const entries = readHistory([entry('eva', '/ip/dns/set servers=9.9.9.9', '/ip/dns/set servers=""')], CLOCK);
  const sought = { kind: 'changed', before: { 'cache-size': '2048' }, after: { 'cache-size': '4096' } } as const;
  expect(authorOf(entries, { ...sought, menu: '/ip/dns' })).toMatchObject({ entry: { by: 'eva' }, match: 'menu' });
  expect(authorOf(entries, { ...sought, menu: '/ip/dns/static' })).toBeNull();
});

test('what was taken back, what nobody did, and texts that are no commands name no author', () => {
  const sought = { menu: '/ip/dns', kind: 'changed', before: { servers: '' }, after: { servers: '9.9.9.9' } } as const;
  const redo = '/ip/dns/set servers=9.9.9.9';
  const records = [
    entry('eva', redo, '', { redoable: 'true', undoable: undefined }),
    entry('', redo, ''),
    entry('eva', 'servers=9.9.9.9', 'none'),
    {},
  ];
  expect(authorOf(readHistory(records, CLOCK), sought)).toBeNull();
});
