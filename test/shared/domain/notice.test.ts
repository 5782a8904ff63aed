import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FleetEvent } from '../../../shared/domain/fleet-event.ts';
import { dueAt, groupKeyOf, tellingAt, type NoticeGroup } from '../../../shared/domain/notice.ts';
import { isQuiet, QuietHours } from '../../../shared/domain/quiet-hours.ts';

function event(given: Partial<FleetEvent>): FleetEvent {
  return {
    type: 'device.status_changed',
    key: 'k',
    at: '2026-03-01T10:00:00.000Z',
    deviceId: 'dev_1',
    deviceName: 'a',
    environment: 'prod',
    tags: [],
    details: {},
    ...given,
  };
}

test('events of one type and site belong together, else those of one environment; what is of no device is alone', () => {
  const berlin = event({ tags: ['core', 'site:berlin', 'site:zoo'] });
  expect(groupKeyOf(berlin)).toBe('device.status_changed site:berlin');
  expect(groupKeyOf(event({ ...berlin, deviceId: 'dev_2', environment: 'lab' }))).toBe(groupKeyOf(berlin));
  expect(groupKeyOf(event({ ...berlin, type: 'device.flapping' }))).not.toBe(groupKeyOf(berlin));
  expect(groupKeyOf(event({}))).toBe('device.status_changed environment:prod');
  const anchor = event({ type: 'audit.anchored', deviceId: null, environment: null, key: 'audit/7' });
  expect(groupKeyOf(anchor)).toBe('audit/7');
  expect(dueAt(anchor, { groupSeconds: 60 }, 1_000)).toBe(1_000);
  expect(dueAt(berlin, { groupSeconds: 60 }, 1_000)).toBe(61_000);
});

const NIGHT = QuietHours.parse({ timeZone: 'Europe/Berlin', from: '22:00', to: '07:00' });
const at = (iso: string): number => Date.parse(iso);
const STATUS = { groupKey: 'device.status_changed site:berlin', type: 'device.status_changed' };

test('what is complete in quiet hours is told as a summary when they end, and what is critical at once', () => {
  const groups = [
    { ...STATUS, dueMs: at('2026-03-03T23:00:00Z') },
    { groupKey: 'stop', type: 'emergency.stopped', dueMs: at('2026-03-03T23:00:00Z') },
  ];
  expect(tellingAt(groups, { quietHours: NIGHT }, at('2026-03-03T23:00:01Z'))).toEqual({
    single: [groups[1]],
    summary: [],
  });
  expect(tellingAt(groups.slice(0, 1), { quietHours: NIGHT }, at('2026-03-04T06:00:00Z'))).toEqual({
    single: [],
    summary: [groups[0]],
  });
  // Whoever takes the quiet hours out of the file hears of each at once.
  expect(tellingAt(groups, { quietHours: null }, at('2026-03-03T23:00:01Z')).single).toEqual(groups);
});

test('a group that was complete before the night but not told in time is in the summary, one after it is not', () => {
  const late = { ...STATUS, dueMs: at('2026-03-03T20:59:00Z') };
  const morning = { groupKey: 'm', type: 'drift.found', dueMs: at('2026-03-04T06:00:00Z') };
  expect(tellingAt([late, morning], { quietHours: NIGHT }, at('2026-03-04T06:01:00Z'))).toEqual({
    single: [morning],
    summary: [late],
  });
});

/** Events of a site, told by a sweep that looks every so many seconds: as the store and the activity do it, without either. */
function tellAll(
  events: readonly { key: string; place: string; atMs: number }[],
  pace: { groupSeconds: number; quietHours: QuietHours | null },
  sweeps: readonly number[],
): { atMs: number; as: 'single' | 'summary'; keys: string[]; groupKeys: Set<string> }[] {
  let open = events.map(({ key, place, atMs }) => ({ key, groupKey: place, routedMs: atMs, dueMs: 0 }));
  const told: ReturnType<typeof tellAll> = [];
  for (const now of sweeps) {
    const known = open.filter(({ routedMs }) => routedMs <= now);
    for (const one of known) one.dueMs ||= now + pace.groupSeconds * 1_000;
    const groups = new Map<string, NoticeGroup>();
    for (const { groupKey, dueMs } of known) {
      const first = Math.min(dueMs, groups.get(groupKey)?.dueMs ?? dueMs);
      groups.set(groupKey, { groupKey, type: 'device.status_changed', dueMs: first });
    }
    const telling = tellingAt([...groups.values()], pace, now);
    const tell = (as: 'single' | 'summary', chosen: readonly NoticeGroup[]): void => {
      const groupKeys = new Set(chosen.map(({ groupKey }) => groupKey));
      const keys = known.filter(({ groupKey }) => groupKeys.has(groupKey)).map(({ key }) => key);
      if (keys.length > 0) told.push({ atMs: now, as, keys, groupKeys });
      open = open.filter(({ key }) => !keys.includes(key));
    };
    tell('summary', telling.summary);
    for (const group of telling.single) tell('single', [group]);
  }
  return told;
}

const START = at('2026-03-28T18:00:00Z');
const Story = fc.record({
  events: fc
    .array(
      fc.record({ place: fc.constantFrom('berlin', 'rome', 'oslo'), away: fc.integer({ min: 0, max: 86_400_000 }) }),
      {
        maxLength: 25,
      },
    )
    .map((all) => all.map(({ place, away }, index) => ({ key: String(index), place, atMs: START + away }))),
  groupSeconds: fc.integer({ min: 0, max: 3_600 }),
  quietHours: fc.constantFrom(
    null,
    NIGHT,
    QuietHours.parse({ timeZone: 'UTC', days: ['sat'], from: '20:00', to: '24:00' }),
  ),
  sweepSeconds: fc.integer({ min: 30, max: 7_200 }),
});

test('every event is told exactly once, never in quiet hours, together with those of its place and time', () => {
  fc.assert(
    fc.property(Story, ({ events, groupSeconds, quietHours, sweepSeconds }) => {
      const sweeps = Array.from({ length: Math.ceil((3 * 86_400) / sweepSeconds) }, (_, index) => {
        return START + index * sweepSeconds * 1_000;
      });
      const told = tellAll(events, { groupSeconds, quietHours }, sweeps);
      expect(told.flatMap(({ keys }) => keys).sort()).toEqual(events.map(({ key }) => key).sort());
      for (const { atMs, as, groupKeys } of told) {
        expect(quietHours !== null && isQuiet(quietHours, atMs)).toBe(false);
        if (as === 'single') expect(groupKeys.size).toBe(1);
      }
      // One summary a night at most, and one message of a place within the time of a group.
      const summaries = told.filter(({ as }) => as === 'summary');
      for (const [index, { atMs }] of summaries.entries()) {
        expect(atMs - (summaries[index - 1]?.atMs ?? -Infinity)).toBeGreaterThan(12 * 3_600_000);
      }
      for (const place of ['berlin', 'rome', 'oslo']) {
        const times = told
          .filter(({ as, groupKeys }) => as === 'single' && groupKeys.has(place))
          .map(({ atMs }) => atMs);
        for (const [index, time] of times.entries()) {
          expect(time - (times[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(groupSeconds * 1_000);
        }
      }
    }),
    { numRuns: 40 },
  );
});
