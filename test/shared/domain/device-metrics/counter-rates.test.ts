import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  COUNTERS,
  ratesBetween,
  secondsBetween,
  type CountersSeen,
  type InterfaceCounters,
} from '../../../../shared/domain/device-metrics/counter-rates.ts';

const START_MS = Date.parse('2027-01-01T00:00:00Z');
const NO_LIMIT = { mostSeconds: 1e9 };
const counts = fc.record(Object.fromEntries(COUNTERS.map((counter) => [counter, fc.bigInt(0n, 2n ** 63n)])));

test('what passed in the time between, whatever the counters stood at', () => {
  fc.assert(
    fc.property(
      counts,
      fc.array(fc.nat(1e9), { minLength: 8, maxLength: 8 }),
      fc.integer({ min: 6, max: 86_400 }),
      (before, grown, seconds) => {
        const after = Object.fromEntries(
          COUNTERS.map((counter, index) => [counter, before[counter]! + BigInt(grown[index]!)]),
        );
        const [rates] = ratesBetween(
          { before: seenAt(0, texts(before)), now: seenAt(seconds, texts(after)) },
          NO_LIMIT,
        );
        expect(rates?.values.rxBps).toBe(Math.round((grown[0]! * 8) / seconds));
        expect(rates?.values.txPacketsPerSecond).toBeCloseTo(grown[3]! / seconds, 2);
        expect(rates?.values.errorsPerSecond).toBeCloseTo((grown[4]! + grown[5]!) / seconds, 2);
      },
    ),
  );
});

test('no rate is ever negative, whatever the router answers', () => {
  fc.assert(
    fc.property(
      counts,
      counts,
      fc.nat(1e6),
      fc.nat(1e6),
      fc.integer({ min: -1e5, max: 1e5 }),
      (one, other, up, upLater, seconds) => {
        const before = { ...seenAt(0, texts(one)), uptimeSeconds: up };
        const now = { ...seenAt(seconds, texts(other)), uptimeSeconds: upLater };
        for (const { values } of ratesBetween({ before, now }, NO_LIMIT)) {
          for (const value of Object.values(values)) expect(value).toBeGreaterThanOrEqual(0);
        }
      },
    ),
  );
});

test('a counter of 32 bits that passed its end goes on', () => {
  fc.assert(
    fc.property(fc.bigInt(2n ** 31n, 2n ** 32n - 1n), fc.bigInt(1n, 2n ** 31n - 1n), (from, grown) => {
      fc.pre(from + grown >= 2n ** 32n);
      const before = seenAt(0, { ...ZERO, rxBytes: String(from), rxPackets: '10' });
      const now = seenAt(100, { ...ZERO, rxBytes: String((from + grown) % 2n ** 32n), rxPackets: '20' });
      expect(ratesBetween({ before, now }, NO_LIMIT)[0]?.values).toMatchObject({
        rxBps: Math.round((Number(grown) * 8) / 100),
        rxPacketsPerSecond: 0.1,
      });
    }),
  );
});

const ZERO = Object.fromEntries(COUNTERS.map((counter) => [counter, '0'])) as InterfaceCounters['counts'];

test.each<[string, Partial<CountersSeen>, Partial<CountersSeen>]>([
  ['the router restarted', { uptimeSeconds: 5_000 }, { uptimeSeconds: 200 }],
  ['the router restarted and is up for longer than before', { uptimeSeconds: 10 }, { uptimeSeconds: 200 }],
  ['nothing passed', {}, { at: timeAt(0), uptimeSeconds: 1_000 }],
])('there is no rate when %s', (_, before, now) => {
  const seen = { before: { ...seenAt(0, ZERO), ...before }, now: { ...seenAt(300, ZERO), ...now } };
  expect(ratesBetween(seen, NO_LIMIT)).toEqual([]);
});

test('there is no rate when the counters were reset, the interface was made anew, or is new', () => {
  const before = seenAt(0, { ...ZERO, rxBytes: '3999999999', rxPackets: '5000000', txBytes: '10' });
  const reset = seenAt(300, { ...ZERO, rxBytes: '100', rxPackets: '3', txBytes: '20' });
  expect(ratesBetween({ before, now: reset }, NO_LIMIT)).toEqual([]);
  const grown = seenAt(300, { ...ZERO, rxBytes: '4999999999', rxPackets: '5000001', txBytes: '10' });
  expect(ratesBetween({ before, now: grown }, NO_LIMIT)).toHaveLength(1);
  const anew = { ...grown, interfaces: { ether1: { ...grown.interfaces['ether1']!, id: '*9' } } };
  expect(ratesBetween({ before, now: anew }, NO_LIMIT)).toEqual([]);
  const other = { ...grown, interfaces: { ether2: grown.interfaces['ether1']! } };
  expect(ratesBetween({ before, now: other }, NO_LIMIT)).toEqual([]);
});

test('there is no rate over a gap, and none of what is not counted', () => {
  const seen = {
    before: seenAt(0, ZERO),
    now: seenAt(300, { ...ZERO, rxErrors: null, txErrors: null, rxBytes: null }),
  };
  expect(ratesBetween(seen, { mostSeconds: 299 })).toEqual([]);
  expect(ratesBetween(seen, { mostSeconds: 300 })[0]?.values).toMatchObject({
    rxBps: null,
    txBps: 0,
    errorsPerSecond: null,
    dropsPerSecond: 0,
  });
});

test('a clock that was set, or that differs from the one before, does not change a rate', () => {
  const before = seenAt(0, ZERO);
  const now = { ...seenAt(300, { ...ZERO, rxBytes: '300000' }), at: timeAt(-3_600), uptimeSeconds: 1_300 };
  expect(secondsBetween(before, now)).toBe(300);
  expect(ratesBetween({ before, now }, NO_LIMIT)[0]?.values.rxBps).toBe(8_000);
});

function texts(values: Record<string, bigint>): InterfaceCounters['counts'] {
  return Object.fromEntries(
    COUNTERS.map((counter) => [counter, String(values[counter])]),
  ) as InterfaceCounters['counts'];
}

function timeAt(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString();
}

function seenAt(seconds: number, values: InterfaceCounters['counts']): CountersSeen {
  return {
    at: timeAt(seconds),
    uptimeSeconds: 1_000 + seconds,
    interfaces: { ether1: { id: '*1', counts: values } },
  };
}
