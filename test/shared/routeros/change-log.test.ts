import { expect, test } from 'vitest';
import { loggedAuthorOf, readChangeLog } from '../../../shared/routeros/change-log.ts';

const CLOCK = { date: '2026-11-27', time: '12:00:00', offsetSeconds: 3_600 };
const line = (message: string, topics = 'system,info') => ({
  '.id': '*1',
  time: '2026-11-27 11:00:00',
  topics,
  message,
});
const sought = { menu: '/ip/firewall/filter', kind: 'changed', before: {}, after: {} } as const;
const authorOf = (lines: Record<string, string>[], of: Partial<typeof sought> | Record<string, unknown> = {}) =>
  loggedAuthorOf(readChangeLog(lines, CLOCK), { ...sought, ...of });

test('the newest line that fits menu and kind of a change tells who and when', () => {
  const lines = [
    line('filter rule changed by eva'),
    line('filter rule changed by otto'),
    line('filter rule added by uwe'),
    line('nat rule changed by ida'),
    line('user otto logged in from 192.0.2.1 via winbox', 'system,info,account'),
  ];
  expect(authorOf(lines)).toMatchObject({ by: 'otto', at: '2026-11-27T10:00:00.000Z', action: 'filter rule changed' });
  expect(authorOf(lines, { menu: '/ipv6/firewall/nat' })).toMatchObject({ by: 'ida' });
  expect(authorOf(lines, { kind: 'removed' })).toBeNull();
  expect(authorOf(lines, { menu: '/ip/hotspot' })).toBeNull();
});

test('newer builds name the way in, the address and the command', () => {
  const lines = [line('address changed by rest-api:admin@192.168.88.10 (/ip/address/set *4 comment=x)')];
  expect(authorOf(lines, { menu: '/ip/address' })).toMatchObject({ by: 'admin', menu: '/ip/address' });
  // The command says better than the noun what it is about.
  const items = [line('item changed by tcp-msg(winbox):eva@2001:db8::1 (/queue simple set *1 max-limit=1M/1M)')];
  expect(authorOf(items, { menu: '/queue/simple' })).toMatchObject({ by: 'eva' });
  expect(authorOf(items)).toBeNull();
});

test('singletons may be called settings or not', () => {
  for (const text of ['dns changed by eva', 'dns settings changed by eva']) {
    expect(authorOf([line(text)], { menu: '/ip/dns' })).toMatchObject({ by: 'eva' });
  }
});

test('what scripts, other topics and long texts say is no author', () => {
  const text = 'filter rule changed by eva';
  const lines = [
    line(text, 'script,info'),
    line(text, 'system,info,script'),
    line(text, 'dhcp,info'),
    line(`${text} and so on`),
    line(`filter rule changed by ${'e'.repeat(5_000)}`),
    line('filter rule changed by '),
    { '.id': '*2' },
  ];
  expect(authorOf(lines)).toBeNull();
});
