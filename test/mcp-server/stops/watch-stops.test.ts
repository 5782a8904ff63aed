import { expect, onTestFinished, test, vi } from 'vitest';
import { watchStops } from '../../../mcp-server/stops/watch-stops.ts';
import type { EmergencyStop } from '../../../shared/domain/emergency-stop.ts';
import { createMetrics } from '../../../shared/platform/telemetry/metrics.ts';
import { waitUntil } from '../../support/wait-until.ts';

test('the metric tells how many stops hold, and nothing while they cannot be counted', async () => {
  const metrics = createMetrics();
  const log = { warn: vi.fn() };
  const stop = { stopId: 'stp_1' } as EmergencyStop;
  const active = vi.fn<() => Promise<EmergencyStop[]>>().mockResolvedValue([stop, stop]);
  const watch = watchStops({ store: { active }, metrics, log, everyMs: 5 });
  onTestFinished(() => watch.close());
  const shown = async (): Promise<string | undefined> =>
    /^convoy_emergency_stops_active (\S+)$/m.exec(await metrics.registry.metrics())?.[1];
  await waitUntil('two stops', async () => (await shown()) === '2');
  active.mockResolvedValue([]);
  await waitUntil('no stop', async () => (await shown()) === '0');
  active.mockRejectedValue(new Error('the database does not answer'));
  await waitUntil('no number', async () => (await shown())?.toLowerCase() === 'nan');
  expect(log.warn).toHaveBeenCalled();
});
