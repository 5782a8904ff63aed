import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { guardMinutesOf, MOST_GUARDED_STEPS } from '../../../shared/domain/change-guard.ts';

const change = (menu: string, after: Record<string, string | null>): Step => ({
  op: 'change',
  menu,
  key: { name: 'ether1' },
  before: Object.fromEntries(Object.keys(after).map((field) => [field, ''])),
  after,
});
const add = (menu: string): Step => ({ op: 'add', menu, key: { a: '1' }, values: { a: '1' }, placeBefore: null });

test.each([
  ['nothing', [], null],
  ['a setting beside the way', [{ op: 'set', menu: '/ip/dns', before: {}, after: {} }], null],
  ['an interface', [change('/interface', { disabled: 'true' })], 3],
  ['a port of a bridge', [change('/interface/bridge/port', { pvid: '20' })], 3],
  ['a VLAN of a bridge', [add('/interface/bridge/vlan')], 3],
  ['VLAN filtering', [change('/interface/bridge', { 'vlan-filtering': 'true' })], 3],
  ['a radio', [change('/interface/wifi', { 'channel.width': '20mhz' })], 3],
  ['a menu below one', [add('/ip/firewall/address-list')], 3],
  ['a menu that only begins with the same letters', [add('/ip/route-x')], null],
  ['a comment on the way', [change('/interface', { comment: 'uplink' })], null],
  ['a comment that is taken away', [change('/interface', { comment: null })], null],
  ['a comment and more', [change('/interface', { comment: 'off', disabled: 'true' })], 3],
  ['comments, and one step that can cut', [change('/interface', { comment: 'x' }), add('/ip/address')], 3],
  ['ten steps', Array.from({ length: 10 }, () => add('/ip/route')), 3],
  ['as many as one guard takes', Array.from({ length: MOST_GUARDED_STEPS }, () => add('/ip/route')), 5],
] as [string, Step[], number | null][])('%s is guarded for so many minutes', (_, steps, minutes) => {
  expect(guardMinutesOf(steps)).toBe(minutes);
});

test('a part is made in its time also at the slowest pace a device may be given, with a minute to spare', () => {
  const steps = Array.from({ length: MOST_GUARDED_STEPS }, () => add('/ip/route'));
  const [requestsPerStep, secondsPerRequest] = [4, 1 / 0.5];
  const seconds = steps.length * requestsPerStep * secondsPerRequest;
  expect((guardMinutesOf(steps) ?? 0) * 60 - 60).toBeGreaterThanOrEqual(seconds);
});
