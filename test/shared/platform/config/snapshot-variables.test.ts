import { expect, test } from 'vitest';
import { loadConfig } from '../../../../shared/platform/config/load-config.ts';
import { workerConfig } from '../../../../shared/platform/config/processes.ts';

const WORKER = {
  CONVOY_POSTGRES_URL: 'postgres://convoy:hunter2@127.0.0.1:5433/convoy',
  CONVOY_SIGNING_KEY_FILE: '/keys/signing.pem',
  CONVOY_MASTER_KEY_FILE: '/keys/master.key',
};

test('configurations are saved every night and kept for 90 days, unless it is switched off', () => {
  expect(loadConfig(workerConfig, WORKER)).toMatchObject({
    snapshotSchedule: '0 2 * * *',
    snapshotTimeZone: 'UTC',
    snapshotSpreadSeconds: 3_600,
    snapshotKeepDays: 90,
    snapshotKeepCount: 100,
  });
  expect(loadConfig(workerConfig, { ...WORKER, CONVOY_SNAPSHOT_SCHEDULE: 'off' }).snapshotSchedule).toBeNull();
});

test('a line that never comes and a time zone that nobody knows are refused with the reason', () => {
  const env = { ...WORKER, CONVOY_SNAPSHOT_SCHEDULE: '0 2 31 2 *', CONVOY_SNAPSHOT_TIME_ZONE: 'Europe/Atlantis' };
  const refuse = () => loadConfig(workerConfig, env);
  expect(refuse).toThrow(
    'CONVOY_SNAPSHOT_SCHEDULE: given "0 2 31 2 *", but it never comes: none of its months has such a day; allowed is "off", or a cron line',
  );
  expect(refuse).toThrow(
    'CONVOY_SNAPSHOT_TIME_ZONE: given "Europe/Atlantis", but no such time zone is known; allowed is the IANA name',
  );
});
