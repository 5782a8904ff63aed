import { expect, onTestFinished, test } from 'vitest';
import { shownHostKey } from '../../../activities/routeros/ssh-host-key.ts';
import { HOURS_OF_A_DAY, liveDay, LIST, MINUTES_OF_A_DAY, PATHS, ROWS } from './soak/day.ts';
import { heldBytes, listenersOf, socketsTo, timers, watchWarnings } from './soak/footprint.ts';
import { openLane } from './soak/lane.ts';
import { startRouterProcess, type WrittenRow } from './soak/router-process.ts';

/** One for requests, one to read over what became of an unclear write, one for SSH. */
const SESSION_SOCKETS = 3;
/** A mishap costs the connection it strikes, and perhaps one to read over. */
const CONNECTIONS_PER_MISHAP = 2;
/**
 * Measured: 1.3 MB since the sixth hour and 0.5 MB since the twelfth, when every mishap has been met once; between two
 * heap snapshots only compiled code grows. Every reply of the second half, kept, makes 1.5 MB.
 */
const GROWTH_AFTER_SIX_HOURS_BYTES = 3_000_000;
const GROWTH_AFTER_TWELVE_HOURS_BYTES = 1_000_000;

test('after a day with a mishap every hour, a lane holds what it held before and the router what was written', async () => {
  const router = await startRouterProcess();
  onTestFinished(() => router.stop());
  const { host, restPort, sshPort } = router.device;
  const ports = [restPort, sshPort];
  const hostKey = await shownHostKey({ host, port: sshPort, timeoutMs: 10_000 });
  const { counters: before } = await router.journal();
  const warnings = watchWarnings();
  onTestFinished(warnings.end);
  const { signal } = new AbortController();
  const atFirst = { sockets: socketsTo(ports), timers: timers() };
  let isWatched = false;
  let mostSockets = 0;
  const look = (): void => {
    mostSockets = Math.max(mostSockets, socketsTo(ports));
  };
  // Looking costs milliseconds: after every request only while something goes wrong.
  const observe = (): void => (isWatched ? look() : undefined);
  const lane = openLane(router, { paths: PATHS, effect: 'write', signal }, { hostKey, observe });
  const held = new Map<number, number>();

  const day = await liveDay(router, lane, {
    minute(minute, isEventful) {
      isWatched = isEventful;
      if (minute % 10 === 0) look();
    },
    async hour(hour) {
      if (hour % 6 === 0) held.set(hour, await heldBytes());
    },
  });

  const growthSince = (hour: number): number => (held.get(HOURS_OF_A_DAY) ?? Infinity) - (held.get(hour) ?? 0);
  expect(growthSince(6)).toBeLessThan(GROWTH_AFTER_SIX_HOURS_BYTES);
  expect(growthSince(12)).toBeLessThan(GROWTH_AFTER_TWELVE_HOURS_BYTES);
  expect(mostSockets).toBe(SESSION_SOCKETS);
  await lane.close();
  await expect.poll(() => socketsTo(ports)).toBe(atFirst.sockets);
  expect(timers()).toBe(atFirst.timers);
  expect(listenersOf(signal)).toBe(0);
  expect(warnings.names).not.toContain('MaxListenersExceededWarning');

  for (const { mishap, codes } of day.failures) {
    if (mishap.ends !== undefined) expect(codes, mishap.name).toEqual(mishap.ends === null ? [] : [mishap.ends]);
  }
  expect(day.facts.size, 'it was the same router all day').toBe(1);
  // Twice each, a closed port and a power cut.
  expect(lane.coolDowns).toBeGreaterThanOrEqual(4);

  const { entries, counters } = await router.journal();
  const connections = counters.connections - before.connections;
  const mishaps = day.failures.length;
  expect(counters.requests).toBeGreaterThan(MINUTES_OF_A_DAY);
  expect(counters.tlsHandshakes).toBeLessThanOrEqual(lane.openings + day.freshReads + mishaps * CONNECTIONS_PER_MISHAP);
  expect(connections - counters.tlsHandshakes, 'over SSH').toBeLessThanOrEqual(
    lane.openings + mishaps * CONNECTIONS_PER_MISHAP,
  );

  const rows = (await router.rows(ROWS)).filter(({ list }) => list === LIST);
  expect(rows.map(({ address, comment }) => ({ address, comment }))).toEqual(
    day.kept.map((address) => ({ address, comment: 'seen' })),
  );
  expect(writesByAddress(entries)).toEqual({
    ...Object.fromEntries(day.kept.map((address) => [address, ['add', 'set']])),
    ...Object.fromEntries(day.removed.map((address) => [address, ['add', 'set', 'remove']])),
  });
}, 180_000);

/** What was done to each row, oldest first. */
function writesByAddress(entries: readonly WrittenRow[]): Record<string, string[]> {
  const writes: Record<string, string[]> = {};
  for (const { command, before, after } of entries) {
    (writes[(after ?? before)?.['address'] ?? ''] ??= []).push(command);
  }
  return writes;
}
