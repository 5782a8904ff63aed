import { expect, test } from 'vitest';
import { troublesNow, troublesSince } from '../../../shared/domain/health-troubles.ts';

const FREE = 64 * 1024 * 1024;
const health = (uptimeSeconds: number, readAtMs?: number, cpuLoadPercent = 5, freeMemoryBytes = FREE) => ({
  uptimeSeconds,
  cpuLoadPercent,
  freeMemoryBytes,
  ...(readAtMs === undefined ? {} : { readAtMs }),
});

test('a restart is known by an uptime that is lower, or lower than the time that passed allows', () => {
  expect(troublesSince(health(10), health(300))).toEqual(['it rebooted']);
  expect(troublesSince(health(3_540, 3_600_000), health(300, 0))).toEqual(['it rebooted']);
  // Its clock is not ours, and reading takes time.
  expect(troublesSince(health(3_850, 3_600_000), health(300, 0))).toEqual([]);
  expect(troublesSince(health(99_999, 3_600_000), health(300, 0))).toEqual([]);
});

test('a baseline that does not say when it was read is compared as far as it goes', () => {
  expect(troublesSince(health(3_540, 3_600_000), health(300))).toEqual([]);
});

test('load and memory count when they became worse, or by themselves', () => {
  const sick = health(400, 100_000, 99, 1_000);
  expect(troublesSince(sick, health(300, 0))).toEqual([
    'its CPU load rose to 99 %',
    'its free memory fell to 1000 bytes',
  ]);
  expect(troublesSince(sick, { ...sick, uptimeSeconds: 300, readAtMs: 0 })).toEqual([]);
  expect(troublesNow(sick)).toEqual(['its CPU load is 99 %', 'its free memory is 1000 bytes']);
  expect(troublesNow(health(10))).toEqual([]);
});
