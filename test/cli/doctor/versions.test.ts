import { expect, it } from 'vitest';
import { compareVersions } from '../../../cli/commands/doctor/version-checks.ts';
import { CONVOY_VERSION, pollerOf, versionOfPoller } from '../../../shared/platform/process/version.ts';

it('finds nothing wrong where all who answer are of this version', () => {
  const pollers = [pollerOf('host/1/ab', 'lanes'), pollerOf('host/2/cd', 'lanes')];
  expect(compareVersions(pollers, { web: CONVOY_VERSION, gateway: undefined })).toEqual({
    ok: true,
    sentence: `All 3 processes that answer are of ${CONVOY_VERSION}, as this is.`,
  });
});

it('names who is of another version, and who does not say of which, once each', () => {
  const old = 'host/1/ab#lanes@0.0.9';
  const finding = compareVersions([old, old, 'host/2/cd#lanes'], { web: null });
  expect(finding.ok).toBe(false);
  expect(finding.sentence).toBe(
    `This is ${CONVOY_VERSION}; worker host/1/ab is of 0.0.9, worker host/2/cd is of a version that does not say, web is of a version that does not say.`,
  );
  expect(finding.advice).toContain('one version');
});

it('reads of a poller what it wrote, and nothing of one that is named otherwise', () => {
  expect(versionOfPoller(pollerOf('host/1/ab', 'lanes'))).toBe(CONVOY_VERSION);
  expect(versionOfPoller('1234@host')).toBeNull();
});
