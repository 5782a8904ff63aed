import { z } from 'zod';
import type { Readings } from './measures.ts';

/** What is counted of an interface, in the order in which it is kept. */
export const COUNTERS = [
  'rxBytes',
  'txBytes',
  'rxPackets',
  'txPackets',
  'rxErrors',
  'txErrors',
  'rxDrops',
  'txDrops',
] as const;
export type Counter = (typeof COUNTERS)[number];

/** Counts are texts of digits: they have 64 bits, more than a number holds exactly. Null: it is not counted. */
const InterfaceCounters = z.object({
  /** The router's own id of the interface: one of the same name that was made anew begins at nothing. */
  id: z.string(),
  counts: z.record(z.enum(COUNTERS), z.string().regex(/^\d+$/).nullable()),
});
export type InterfaceCounters = z.infer<typeof InterfaceCounters>;

/** The counters of a device at an instant, by the names of interfaces. */
export const CountersSeen = z.object({
  at: z.iso.datetime(),
  uptimeSeconds: z.number(),
  interfaces: z.record(z.string(), InterfaceCounters),
});
export type CountersSeen = z.infer<typeof CountersSeen>;

export interface SeenTwice {
  before: CountersSeen;
  now: CountersSeen;
}

/** How far two clocks may drift apart between two visits before they are believed to be about something else, seconds. */
const TOLERANCE_SECONDS = 5;

/**
 * Rates of the interfaces that were counted at both times. There is none of an interface whose counters began anew in
 * between, because the router restarted, the interface was made anew or its counters were reset, and none at all over more
 * than `mostSeconds`: an average over hours would stand for the minutes at their end.
 */
export function ratesBetween(
  { before, now }: SeenTwice,
  { mostSeconds }: { mostSeconds: number },
): { name: string; values: Readings<'interface'> }[] {
  const seconds = secondsBetween(before, now);
  if (seconds === null || seconds > mostSeconds) return [];
  return Object.entries(now.interfaces).flatMap(([name, seen]) => {
    const values = ratesOf(before.interfaces[name], seen, seconds);
    return values === null ? [] : [{ name, values }];
  });
}

/**
 * How long the device counted from one visit to the next; null when it restarted in between, or was not asked later at all.
 * Its own uptime is asked too, as the clocks of two workers may differ and either may be set.
 */
export function secondsBetween(before: CountersSeen, now: CountersSeen): number | null {
  const byClock = (Date.parse(now.at) - Date.parse(before.at)) / 1000;
  const byUptime = now.uptimeSeconds - before.uptimeSeconds;
  const startedSince = byUptime < 0 || now.uptimeSeconds + TOLERANCE_SECONDS < byClock;
  if (startedSince) return null;
  // Uptimes are whole seconds; a clock is finer, as long as it can be right.
  const seconds = Math.abs(byClock - byUptime) <= TOLERANCE_SECONDS ? byClock : byUptime;
  return seconds > 0 ? seconds : null;
}

function ratesOf(
  before: InterfaceCounters | undefined,
  now: InterfaceCounters,
  seconds: number,
): Readings<'interface'> | null {
  if (before === undefined || before.id !== now.id) return null;
  const grown = growthOf(before.counts, now.counts);
  if (grown === null) return null;
  const perSecond = (...counters: Counter[]): number | null => {
    const counted = counters.map((counter) => grown[counter]).filter((growth) => growth !== null);
    return counted.length === 0 ? null : rounded(counted.reduce((sum, growth) => sum + Number(growth), 0) / seconds);
  };
  const bits = (counter: Counter): number | null => {
    const growth = grown[counter];
    return growth === null ? null : Math.round((Number(growth) * 8) / seconds);
  };
  return {
    rxBps: bits('rxBytes'),
    txBps: bits('txBytes'),
    rxPacketsPerSecond: perSecond('rxPackets'),
    txPacketsPerSecond: perSecond('txPackets'),
    errorsPerSecond: perSecond('rxErrors', 'txErrors'),
    dropsPerSecond: perSecond('rxDrops', 'txDrops'),
  };
}

type Counts = Readonly<Partial<Record<Counter, string | null>>>;

/** By how much each counter grew; null when they were reset. */
function growthOf(before: Counts, now: Counts): Record<Counter, bigint | null> | null {
  const pairs = COUNTERS.map((counter) => {
    const [from, to] = [before[counter] ?? null, now[counter] ?? null];
    return { counter, from: from === null ? null : BigInt(from), to: to === null ? null : BigInt(to) };
  });
  const known = pairs.filter((pair) => pair.from !== null && pair.to !== null) as {
    counter: Counter;
    from: bigint;
    to: bigint;
  }[];
  const fallen = known.filter(({ from, to }) => to < from);
  // A reset takes all counters back. One that alone is smaller has passed its end.
  const isReset = fallen.length > 0 && (!known.some(({ from, to }) => to > from) || fallen.some(cannotHaveWrapped));
  if (isReset) return null;
  return Object.fromEntries(
    pairs.map(({ counter, from, to }) => [
      counter,
      from === null || to === null ? null : to < from ? to + widthOf(from) - from : to - from,
    ]),
  ) as Record<Counter, bigint | null>;
}

/** Some drivers count in 32 bits. */
const NARROW = 2n ** 32n;
const WIDE = 2n ** 64n;

function widthOf(count: bigint): bigint {
  return count < NARROW ? NARROW : WIDE;
}

/** It was far from its end, or would have come round further than it was from it: then it began anew instead. */
function cannotHaveWrapped({ from, to }: { from: bigint; to: bigint }): boolean {
  const half = widthOf(from) / 2n;
  return from < half || to >= half;
}

/** Three digits behind the point: one packet in a quarter of an hour is still to be seen. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
