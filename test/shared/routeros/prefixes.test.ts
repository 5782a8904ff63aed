import fc from 'fast-check';
import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { isWithin, parsePrefix, PrefixText } from '../../../shared/routeros/prefixes.ts';

const within = (address: string, network: string): boolean => isWithin(address, parsePrefix(network)!);

test.each([
  ['192.168.88.7', '192.168.88.0/24', true],
  ['192.168.89.7', '192.168.88.0/24', false],
  ['192.168.88.1/24', '192.168.88.0/24', true],
  ['10.0.0.1', '0.0.0.0/0', true],
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.2', '10.0.0.1/32', false],
  ['192.168.88.7', '192.168.88.99/24', true],
  ['2001:db8::1/64', '2001:DB8::/32', true],
  ['fe80::1%ether1', 'fe80::/10', true],
  ['10.0.0.1', '::/0', false],
  ['::1', '0.0.0.0/0', false],
  ['', '0.0.0.0/0', false],
  ['default-dhcp', '0.0.0.0/0', false],
])('that %o is within %s is %o', (address, network, expected) => {
  expect(within(address, network)).toBe(expected);
});

test.each([
  '',
  '10.0.0',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  'ether1',
  'fe80::1%e/64',
])('%o is no network', (text) => {
  expect(parsePrefix(text)).toBeNull();
  expect(PrefixText.safeParse(text).error?.issues[0]?.message).toBe(
    `${JSON.stringify(text)} is not an address or network such as "192.168.88.0/24"`,
  );
});

test('networks hold the addresses that Node says they hold', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, network, length) => {
      const list = new BlockList();
      list.addSubnet(network, length);
      expect(within(address, `${network}/${length}`)).toBe(list.check(address));
    }),
  );
});
