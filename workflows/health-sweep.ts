import { proxyActivities } from '@temporalio/workflow';
import type { HealthActivities, HealthSweepInput, SweptPage } from '../shared/contract/health-messages.ts';
import { SWEEP_QUEUE } from '../shared/contract/task-queues.ts';

const pages = proxyActivities<Pick<HealthActivities, 'sweepHealth'>>({
  taskQueue: SWEEP_QUEUE,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 5 },
});

const watches = proxyActivities<Pick<HealthActivities, 'startWatches'>>({
  taskQueue: SWEEP_QUEUE,
  startToCloseTimeout: '60s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 5 },
});

/** Looks at every device of a cohort once, and has those that deviate watched. Run by a schedule. */
export async function healthSweepWorkflow({ cohort, intervalSeconds }: HealthSweepInput): Promise<void> {
  for (let after: string | null = null; ;) {
    const { next, deviating }: SweptPage = await pages.sweepHealth({ cohort, intervalSeconds, after });
    if (deviating.length > 0) await watches.startWatches({ deviceIds: deviating, intervalSeconds });
    if (next === null) return;
    after = next;
  }
}
