import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalValue, holdsValues, sameValue } from '../../../shared/routeros/canonical.ts';

/** Spellings that RouterOS takes for the same value, by field. */
const SAME: [string, ...string[]][] = [
  ['disabled', 'yes', 'true'],
  ['blackhole', '', 'true', 'yes'],
  ['disabled', 'no', 'false'],
  ['interval', '90', '90s', '1m30s', '00:01:30'],
  ['ttl', '1d', '24h', '86400', '1d00:00:00', '1d 00:00:00'],
  ['lease-time', '10m', '600s', '0w0d00:10:00'],
  ['arp-timeout', '31s250ms', '31250ms'],
  ['address', '10.0.0.1', '10.0.0.1/32'],
  ['address', '2001:DB8:0:0::1', '2001:db8::1', '2001:db8::1/128'],
  ['src-address', '!192.168.0.1/32', '!192.168.0.1'],
  ['mac-address', 'd4:01:c3:30:e2:87', 'D4:01:C3:30:E2:87'],
  ['priority', '0x8000', '32768'],
  ['max-limit', '10M/5M', '10000000/5000000', '10000k/5M'],
  ['vlan-ids', '30,10-12,13', '10-13,30', '30,13,12,11,10'],
  ['connection-state', 'established,related', 'related,established'],
  ['tagged', 'ether2,bridge', 'bridge,ether2'],
  ['policy', 'read,test', 'test,read,!write,!policy'],
  ['start-date', 'sep/27/2026', '2026-09-27'],
  ['burst-time', '0s/90s', '0/1m30s'],
];

test.each(SAME)('%s: %s and its other spellings are one value', (field, first, ...others) => {
  for (const other of others) expect(sameValue(field, first, other), other).toBe(true);
});

/** What looks alike and is not. */
const DIFFERENT: [string, string | undefined, string | undefined][] = [
  ['name', 'yes', 'true'],
  ['comment', '90s', '1m30s'],
  ['comment', '10.0.0.1/32', '10.0.0.1'],
  ['comment', undefined, 'false'],
  ['list', 'no', 'false'],
  ['address', '10.0.0.1/24', '10.0.0.1'],
  ['address', '10.0.0.1', '10.0.0.10'],
  ['servers', '9.9.9.9,1.1.1.1', '1.1.1.1,9.9.9.9'],
  ['interval', '1m', '1s'],
  ['interval', 'none', '0s'],
  ['vlan-ids', '10-12', '10,12'],
  ['policy', 'read', 'read,write'],
  ['disabled', undefined, 'true'],
  ['blackhole', undefined, ''],
];

test.each(DIFFERENT)('%s: %o and %o are two values', (field, a, b) => {
  expect(sameValue(field, a, b)).toBe(false);
});

test('an absent key is an empty value, and a flag that is off', () => {
  expect(sameValue('comment', undefined, '')).toBe(true);
  expect(sameValue('disabled', undefined, 'no')).toBe(true);
  expect(holdsValues({ address: '10.0.0.1' }, { address: '10.0.0.1/32', disabled: 'false', comment: '' })).toBe(true);
  expect(holdsValues({ address: '10.0.0.1', comment: 'x' }, { comment: null })).toBe(false);
});

const FIELDS = SAME.map(([field]) => field).concat('comment', 'servers', 'gateway');
const valueLike = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...SAME.flatMap(([, ...values]) => values)),
  fc
    .array(fc.constantFrom('10', '!10', '1-3', '9-5', 'yes', '0x1F', '1w', '::', '10.0.0.0/8'), { minLength: 1 })
    .map(String),
);

test('comparing is an equivalence, and the canonical form is its own canonical form', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FIELDS), valueLike, valueLike, valueLike, (field, a, b, c) => {
      expect(sameValue(field, a, a)).toBe(true);
      expect(sameValue(field, a, b)).toBe(sameValue(field, b, a));
      if (sameValue(field, a, b) && sameValue(field, b, c)) expect(sameValue(field, a, c)).toBe(true);
      const once = canonicalValue(field, a);
      expect(canonicalValue(field, once)).toBe(once);
      expect(sameValue(field, a, once)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('durations are equal exactly when they last as long', () => {
  const part = fc.nat({ max: 99 });
  const spelled = fc.tuple(part, part, part, part).map(([d, h, m, s]) => ({
    text: `${d}d${h}h${m}m${s}s`,
    seconds: ((d * 24 + h) * 60 + m) * 60 + s,
  }));
  fc.assert(
    fc.property(spelled, spelled, (a, b) => {
      expect(sameValue('interval', a.text, b.text)).toBe(a.seconds === b.seconds);
      expect(sameValue('interval', a.text, String(a.seconds))).toBe(true);
    }),
  );
});

test('vlan ids are equal exactly when they name the same vlans, however they are cut into runs', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      const isSame = a.length === b.length && a.every((id) => b.includes(id));
      expect(sameValue('vlan-ids', a.join(','), b.join(','))).toBe(isSame);
      expect(sameValue('vlan-ids', a.join(','), canonicalValue('vlan-ids', a.join(',')))).toBe(true);
    }),
  );
});

test('a pool without a next one is the same whether a router says none or nothing', () => {
  expect(sameValue('next-pool', 'none', undefined)).toBe(true);
  expect(sameValue('next-pool', 'none', 'guests')).toBe(false);
});

test('topics of a logging rule are a set, of which some are left out', () => {
  expect(sameValue('topics', 'system,!debug', '!debug,system')).toBe(true);
  expect(sameValue('topics', 'system,!debug', 'system,debug')).toBe(false);
});

test('names of networks are compared letter by letter, also where they override a profile', () => {
  for (const field of ['ssid', 'configuration.ssid']) {
    expect(sameValue(field, 'yes', 'true'), field).toBe(false);
    expect(sameValue(field, 'a, b', 'a,b'), field).toBe(false);
  }
  expect(sameValue('configuration.hide-ssid', 'yes', 'true')).toBe(true);
});
