import { expect, test } from 'vitest';
import { addressListSync } from '../../shared/plans/address-list-sync.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { capture } from './laws.ts';

test.each([
  [[{ address: '0.0.0.0/0' }], '"0.0.0.0/0" is every address; list the networks that are meant'],
  [[{ address: '::/0' }], '"::/0" is every address; list the networks that are meant'],
  [[{ address: '10.0.0.1/8' }], '"10.0.0.1/8" has bits behind its prefix length; give the network'],
  [[{ address: 'not a name' }], '"not a name" is not an address, a network or a host name'],
  [[], 'give at least one entry; to empty a list, name its entries with mode "remove_only"'],
] as const)('takes no entries %j', (entries, sentence) => {
  const { error } = addressListSync.input.safeParse({ list: 'blocked', mode: 'exact', entries });
  expect(error?.issues.map(({ message }) => message)).toEqual([sentence]);
});

test('takes 5,000 entries and not one more', () => {
  const entries = Array.from({ length: 5001 }, (_, index) => ({ address: `10.0.${index >> 8}.${index & 255}` }));
  const given = { list: 'blocked', mode: 'exact' };
  const most = addressListSync.input.parse({ ...given, entries: entries.slice(1) });
  expect(addressListSync.refuse?.(most)).toBeNull();
  const { error } = addressListSync.input.safeParse({ ...given, entries });
  expect(error?.issues[0]?.message).toBe('at most 5000 entries are allowed');
});

test.each([
  [{ entries: [{ address: '10.0.0.1' }, { address: '10.0.0.1/32' }] }, 'entries: 10.0.0.1 is given more than once'],
  [{ entries: [{ address: 'A.example' }, { address: 'a.example' }] }, 'entries: a.example is given more than once'],
  [
    { entries: [{ address: '10.1.2.0/24' }, { address: '10.0.5.5' }, { address: '10.0.0.0/8' }] },
    'entries: 10.0.5.5 is within 10.0.0.0/8; give one of them',
  ],
  [{ entries: [{ address: '2001:db8::1' }], families: ['ipv4'] }, 'families: ipv4 was given, but 2001:db8::1 is ipv6'],
  [
    { entries: [{ address: '10.0.0.1', comment: 'gone' }], mode: 'remove_only' },
    'entries: 10.0.0.1 is removed and takes no comment',
  ],
])('refuses %j', (given, sentence) => {
  const input = addressListSync.input.parse({ list: 'blocked', mode: 'exact', ...given });
  expect(addressListSync.refuse?.(input)).toBe(sentence);
});

test('takes overlapping networks off a list', () => {
  const entries = [{ address: '10.0.0.0/8' }, { address: '10.1.0.0/16' }];
  const input = addressListSync.input.parse({ list: 'blocked', mode: 'remove_only', entries });
  expect(addressListSync.refuse?.(input)).toBeNull();
});

test.each([
  ['lab', 10, 'medium', ['traffic that rules match by the list is treated differently']],
  ['lab', 11, 'high', ['11 devices are changed, more than 10']],
  ['prod', 1, 'high', ['production devices are changed']],
] as const)('in %s with %i devices the risk is %s', (environment, deviceCount, risk, reasons) => {
  const input = addressListSync.input.parse(addressListSync.example);
  expect(addressListSync.risk({ environment, deviceCount }, input)).toEqual({ risk, reasons });
});

test('is a high risk where rules decide by the list what reaches the router, with every reason', async () => {
  const entries = [{ address: '64.0.0.0/4' }, { address: 'scans.example.net' }];
  const input = addressListSync.input.parse({ list: 'blocked', mode: 'exact', entries });
  const router = cannedRouter({
    '/ip/firewall/address-list': [],
    '/ip/firewall/filter': [{ '.id': '*1', chain: 'input', action: 'drop', 'src-address-list': 'blocked' }],
    '/ip/firewall/raw': [],
    '/ip/address': [],
    '/ipv6/address': [],
    '/ip/service': [],
    '/user/active': [],
  });
  const captured = [await capture(addressListSync, router, input)];
  expect(addressListSync.risk({ environment: 'lab', deviceCount: 1, captured }, input)).toEqual({
    risk: 'high',
    reasons: [
      'firewall rules decide by blocked what reaches the routers themselves',
      'from where some routers are managed could not be told',
      'what addresses the listed names lead to cannot be told beforehand',
      '64.0.0.0/4 is a very wide network',
    ],
  });
});
