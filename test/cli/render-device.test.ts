import { expect, test } from 'vitest';
import { renderDevice } from '../../cli/commands/device/render-device.ts';
import { DeviceDetail } from '../../cli/client/shapes.ts';
import { breakerAt } from '../../shared/domain/breaker.ts';
import { sampleDevice } from '../shared/platform/persistence/sample-device.ts';

const AT = Date.parse('2026-09-27T10:00:00Z');
const OPEN = {
  failures: 5,
  openings: 1,
  openedAt: '2026-09-27T10:00:00.000Z',
  retryAt: '2026-09-27T10:00:05.000Z',
  lastFailure: 'timeout',
};

test.each([
  [breakerAt(null, AT), 'closed'],
  [breakerAt({ ...OPEN, failures: 2, openings: 0, openedAt: null, retryAt: null }, AT), 'closed, 2 failures in a row'],
  [breakerAt(OPEN, AT), 'open after 5 failures; left alone until 2026-09-27T10:00:05.000Z'],
  [breakerAt(OPEN, AT + 5_000), 'half open after 5 failures; the next request tries it'],
])('shows a breaker as %o', (breaker, says) => {
  const device = DeviceDetail.parse(sampleDevice({ name: 'lab-01', breaker }));
  expect(renderDevice(device)).toContain(`breaker:       ${says}\n`);
});
