import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMac } from '../../simulator/values/mac-address.ts';
import { formatDuration, parseDurationMs } from '../../simulator/values/duration.ts';
import { formatIpv4, maskLength, networkOf, parseIpv4, parsePrefix } from '../../simulator/values/ip-address.ts';
import { formatLocal, fromLocal } from '../../simulator/values/local-time.ts';

test('a printed duration reads back as the same time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (milliseconds) => {
      expect(parseDurationMs(formatDuration(milliseconds))).toBe(milliseconds);
    }),
  );
});

test.for([
  [604_800_000 + 2 * 86_400_000 + 3 * 3_600_000 + 4 * 60_000 + 5000, '1w2d3h4m5s'],
  [0, '0s'],
  [100, '100ms'],
  [31_250, '31s250ms'],
  [0.453, '453us'],
] as const)('%d ms prints as %s', ([milliseconds, text]) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.for(['', 'soon', '1x', '5m ', '-5s', '1.5s', '10:5'])('%j is no duration', (text) => {
  expect(parseDurationMs(text)).toBe(undefined);
});

test('an address reads back as printed, and lies in its own network', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }), (address, length) => {
      expect(parseIpv4(formatIpv4(address))).toBe(address);
      const network = networkOf({ address, length });
      expect(network <= address && address - network < 2 ** (32 - length)).toBe(true);
      expect(parsePrefix(`${formatIpv4(address)}/${length}`)).toEqual({ address, length });
    }),
  );
});

test('only contiguous masks have a length', () => {
  expect(maskLength(parseIpv4('255.255.254.0') ?? 0)).toBe(23);
  expect(maskLength(parseIpv4('255.0.255.0') ?? 0)).toBe(undefined);
});

test('local time reads back as the same instant in every zone', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2024, 0, 1) / 1000, max: Date.UTC(2035, 0, 1) / 1000 }),
      fc.constantFrom('Etc/UTC', 'Asia/Kolkata', 'America/Sao_Paulo', 'Asia/Tokyo'),
      (seconds, zone) => {
        const [date = '', time = ''] = formatLocal(seconds * 1000, zone).split(' ');
        expect(fromLocal(date, time, zone)).toBe(seconds * 1000);
      },
    ),
  );
});

test.each(['aa:bb:cc:00:11:22', 'AA-BB-CC-00-11-22', 'aa.bb.cc.00.11.22', 'aabbcc001122'])(
  'the MAC address %s is printed in upper case with colons',
  (text) => {
    expect(parseMac(text)).toBe('AA:BB:CC:00:11:22');
  },
);

test.each(['', 'aa:bb:cc:00:11', 'aa:bb:cc:00:11:2g', 'aa:bb:cc:00:11:22:33'])('%s is no MAC address', (text) => {
  expect(parseMac(text)).toBeUndefined();
});
