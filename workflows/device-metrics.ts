import { proxyActivities } from '@temporalio/workflow';
import type {
  DeviceMetricsInput,
  MetricActivities,
  MetricRecords,
  MetricRetention,
} from '../shared/contract/metric-messages.ts';
import { FLEET_QUEUE, SWEEP_QUEUE } from '../shared/contract/task-queues.ts';

const pages = proxyActivities<MetricActivities>({
  taskQueue: SWEEP_QUEUE,
  startToCloseTimeout: '15m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 5 },
});

/** An hour of a large fleet is one statement of some seconds; what an attempt made is not made again by the next one. */
const records = proxyActivities<MetricRecords>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '30m',
  heartbeatTimeout: '2m',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '60s', maximumAttempts: 5 },
});

/** Collects what the devices of a cohort measure, page by page. Run by a schedule. */
export async function deviceMetricsWorkflow(input: DeviceMetricsInput): Promise<void> {
  let after: string | null = null;
  do {
    const page: { next: string | null } = await pages.collectMetrics({ ...input, after });
    after = page.next;
  } while (after !== null);
}

/** Down-samples what was collected, and removes what is kept no longer. Run by a schedule. */
export async function metricCareWorkflow(retention: MetricRetention): Promise<void> {
  await records.downsampleMetrics();
  await records.retainMetrics(retention);
}
