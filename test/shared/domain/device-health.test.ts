import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FLAPPING,
  isDeviating,
  isSteady,
  observeHealth,
  statusAt,
  type DeviceHealthStatus,
  type HealthEvent,
  type HealthObservation,
  type HealthTrack,
} from '../../../shared/domain/device-health.ts';
import { HEALTH_RULES, type HealthRules } from '../../../shared/domain/health-limits.ts';

const START_MS = Date.parse('2027-01-01T00:00:00.000Z');
const MINUTE_MS = 60_000;

const cpu = (cpuLoadPercent: number): HealthObservation => ({
  is: 'answered',
  readings: { cpuLoadPercent, memoryUsedPercent: 20, diskUsedPercent: 10, badBlocksPercent: 0 },
});
const silent: HealthObservation = { is: 'silent', reason: 'The device did not answer.' };
const shows = (shown: string): HealthObservation => ({ is: 'distrusted', shown, trusted: 'AA' });

interface Told {
  status: DeviceHealthStatus;
  events: HealthEvent[];
  track: HealthTrack;
}

/** What each of these checks, a minute apart, comes to. */
function observeAll(
  observations: readonly HealthObservation[],
  { rules = HEALTH_RULES, everyMs = MINUTE_MS }: { rules?: HealthRules; everyMs?: number } = {},
): Told[] {
  let track: HealthTrack | null = null;
  return observations.map((observation, index) => {
    const step = observeHealth(track, observation, rules, START_MS + index * everyMs);
    track = step.track;
    return { status: step.track.status, events: step.events, track: step.track };
  });
}
const statuses = (observations: readonly HealthObservation[]) => observeAll(observations).map(({ status }) => status);
const events = (steps: readonly Told[]) => steps.flatMap((step) => step.events);

test('one bad check is none; three without an answer are, and three good ones bring it back', () => {
  expect(statuses([cpu(5), silent, silent, cpu(5), silent])).toEqual(Array(5).fill('healthy'));
  const steps = observeAll([cpu(5), silent, silent, silent, silent, cpu(5), cpu(5), cpu(5)]);
  expect(steps.map(({ status }) => status)).toEqual([
    ...Array(3).fill('healthy'),
    ...Array(4).fill('unreachable'),
    'healthy',
  ]);
  expect(steps[3]?.track).toMatchObject({ reasons: [silent.reason], since: '2027-01-01T00:03:00.000Z' });
  expect(events(steps)).toEqual([
    { type: 'status_changed', from: 'healthy', to: 'unreachable', reasons: [silent.reason] },
    { type: 'status_changed', from: 'unreachable', to: 'healthy', reasons: [] },
  ]);
});

test('a device that nobody knows is unknown until checks agree, and well at once when it is', () => {
  expect(statuses([silent, silent, silent])).toEqual(['unknown', 'unknown', 'unreachable']);
  expect(statuses([cpu(99), cpu(99)])).toEqual(['unknown', 'critical']);
  const [first] = observeAll([cpu(1)]);
  expect(first).toMatchObject({ status: 'healthy', events: [] });
});

test('a measure counts as beyond its limit until it is clearly below it', () => {
  const steps = observeAll([cpu(5), cpu(81), cpu(81), cpu(79), cpu(76), cpu(75), cpu(74), cpu(74), cpu(74)]);
  expect(steps.map(({ status }) => status)).toEqual(['healthy', 'healthy', ...Array(6).fill('degraded'), 'healthy']);
  expect(steps[2]?.track.reasons).toEqual(['The CPU load is 81 %; degraded from 80 % on.']);
  expect(steps[4]?.track.reasons).toEqual(['The CPU load is 76 %; degraded until it is below 75 %.']);
});

test('a temperature counts in degrees, with the same hysteresis, and one that nobody knows counts for nothing', () => {
  const warm = (temperatureCelsius: number | null): HealthObservation => ({
    is: 'answered',
    readings: { temperatureCelsius },
  });
  const steps = observeAll([40, 72, 72, 66, 64, 64, 64].map(warm));
  expect(steps.map(({ status }) => status)).toEqual(['healthy', 'healthy', ...Array(4).fill('degraded'), 'healthy']);
  expect(steps[2]?.track.reasons).toEqual(['The temperature is 72 °C; degraded from 70 °C on.']);
  expect(steps[3]?.track.reasons).toEqual(['The temperature is 66 °C; degraded until it is below 65 °C.']);
  expect(statuses([90, 90].map(warm)).at(-1)).toBe('critical');
  expect(statuses([72, 72, null, null, null].map(warm)).at(-1)).toBe('healthy');
});

test('a supply that fails degrades its device, until it works or as the rules have it', () => {
  const supplies = (failedSupplies: number | null): HealthObservation => ({
    is: 'answered',
    readings: { failedSupplies },
  });
  const steps = observeAll([0, 1, 1, 0, 0, 0].map(supplies));
  expect(steps.map(({ status }) => status)).toEqual(['healthy', 'healthy', ...Array(3).fill('degraded'), 'healthy']);
  expect(steps[2]?.track.reasons).toEqual(['Power supplies that do not work: 1; degraded from 1 on.']);
  expect(statuses([0, 2, 2].map(supplies)).at(-1)).toBe('degraded');
});

test('a status becomes only what all checks in a row agree on', () => {
  expect(statuses([cpu(5), cpu(85), cpu(99)]).at(-1)).toBe('degraded');
  expect(statuses([cpu(5), silent, cpu(99)]).at(-1)).toBe('critical');
  expect(statuses([silent, silent, silent, cpu(85), cpu(85), cpu(5)]).at(-1)).toBe('degraded');
});

test('a certificate that is not the trusted one is told once, and again when it is another', () => {
  const steps = observeAll([cpu(5), shows('BB'), shows('BB'), silent, shows('BB'), shows('CC'), cpu(5), shows('CC')]);
  expect(events(steps).filter(({ type }) => type === 'certificate_changed')).toEqual(
    ['BB', 'CC', 'CC'].map((after) => ({ type: 'certificate_changed', before: 'AA', after })),
  );
  expect(steps[2]).toMatchObject({ status: 'critical', track: { reasons: [expect.stringContaining('BB')] } });
});

test('a device that comes and goes is said to flap, and not each time that it comes and goes', () => {
  const one = [silent, silent, silent, cpu(5), cpu(5), cpu(5)];
  const steady = Array<HealthObservation>(90).fill(cpu(5));
  const steps = observeAll([cpu(5), ...one, ...one, ...one, ...one, ...steady]);
  const told = events(steps);
  expect(told.filter(({ type }) => type === 'flapping')).toEqual([
    { type: 'flapping', isFlapping: true, changes: FLAPPING.from, withinSeconds: FLAPPING.withinSeconds },
    { type: 'flapping', isFlapping: false, changes: FLAPPING.until, withinSeconds: FLAPPING.withinSeconds },
  ]);
  const whileFlapping = steps.filter(({ track }) => track.isFlapping).flatMap((step) => step.events);
  expect(whileFlapping.map(({ type }) => type)).toEqual(['flapping']);
  expect(steps.at(-1)?.track).toMatchObject({ status: 'healthy', told: 'healthy', isFlapping: false });
  expect([isDeviating, isSteady].map((is) => is(steps.at(-1)!.track))).toEqual([false, true]);
});

test('past the time until which the last check holds nobody knows how a device is', () => {
  const known = { status: 'healthy', since: '2027-01-01T00:00:00.000Z', reasons: [] as string[] } as const;
  const validUntil = '2027-01-01T00:15:00.000Z';
  expect(statusAt({ ...known, validUntil }, Date.parse(validUntil)).status).toBe('healthy');
  expect(statusAt({ ...known, validUntil }, Date.parse(validUntil) + 1)).toMatchObject({
    status: 'unknown',
    since: validUntil,
  });
});

const observation: fc.Arbitrary<HealthObservation> = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map(cpu),
  fc.constant(silent),
  fc.constantFrom('BB', 'CC').map(shows),
  fc.constant<HealthObservation>({ is: 'refused', reason: 'It refused the login.' }),
);
const rules: fc.Arbitrary<HealthRules> = fc
  .record({
    margin: fc.integer({ min: 0, max: 50 }),
    unreachableAfter: fc.integer({ min: 1, max: 10 }),
    worseAfter: fc.integer({ min: 1, max: 10 }),
    betterAfter: fc.integer({ min: 1, max: 10 }),
  })
  .map((given) => ({ ...HEALTH_RULES, ...given }));

test('law: what is told follows, step by step, from the status that was told before, and ends at the present one', () => {
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 200 }), rules, (observations, given) => {
      const steps = observeAll(observations, { rules: given });
      let told: DeviceHealthStatus = 'unknown';
      for (const step of steps) {
        for (const event of step.events) {
          if (event.type !== 'status_changed') continue;
          // From a status that is well at first sight nothing was told.
          expect([told, ...(told === 'unknown' ? ['healthy'] : [])]).toContain(event.from);
          expect(event.to).not.toBe(event.from);
          told = event.to;
        }
        if (!step.track.isFlapping) expect(step.track.told).toBe(step.status);
      }
    }),
  );
});

test('law: whatever happened before, so many equal checks settle the status, and nothing more is told of it', () => {
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 60 }), rules, observation, (observations, given, last) => {
      // Twice: what came before may have a part in the first status that they come to.
      const enough = 2 * (given.unreachableAfter + given.worseAfter + given.betterAfter);
      const steps = observeAll([...observations, ...Array<HealthObservation>(enough + 90).fill(last)], {
        rules: given,
      });
      const settled = steps.slice(observations.length + enough);
      expect(new Set(settled.map(({ status }) => status)).size).toBe(1);
      expect(settled.at(-1)?.status).toBe(settled.at(-1)?.track.found);
      expect(settled.slice(-20).flatMap((step) => step.events)).toEqual([]);
      expect(settled.at(-1)?.track).toMatchObject({ isFlapping: false, trend: null });
    }),
  );
});

test('law: fewer checks in a row than asked for change nothing', () => {
  fc.assert(
    fc.property(rules, observation, (given, odd) => {
      const least = Math.min(given.unreachableAfter, given.worseAfter);
      const steps = observeAll([cpu(0), ...Array<HealthObservation>(least - 1).fill(odd), cpu(0)], { rules: given });
      expect(new Set(steps.map(({ status }) => status))).toEqual(new Set(['healthy']));
    }),
  );
});
