import type { Client } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import { AppError } from '../shared/errors/app-error.ts';
import type { Dependency } from '../shared/platform/process/readiness.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';
import { appErrorOf } from '../shared/platform/temporal/failure-codes.ts';

export interface WorkerParts {
  client: Client;
  workers: readonly Pick<Worker, 'getState'>[];
  /** Lanes this process holds at most. */
  maxLanes: number;
  metrics: Pick<Metrics, 'lanesOpen'>;
}

/** What a worker process depends on besides the database and its keys: Temporal, its own pollers, and room for lanes. */
export function workerDependencies({ client, workers, maxLanes, metrics }: WorkerParts): Dependency[] {
  const { namespace } = client.options;
  return [
    {
      name: 'temporal',
      async check() {
        await client.workflowService.describeNamespace({ namespace }).catch((error: unknown) => {
          throw appErrorOf(error);
        });
        return { facts: { namespace } };
      },
    },
    {
      name: 'pollers',
      async check() {
        const isPolling = workers.every((worker) => worker.getState() === 'RUNNING');
        if (!isPolling) throw new AppError('SERVICE_UNAVAILABLE', { message: 'It takes no work from Temporal.' });
      },
    },
    {
      name: 'lanes',
      async check() {
        const { values } = await metrics.lanesOpen.get();
        const open = values[0]?.value ?? 0;
        const degraded =
          open < maxLanes
            ? undefined
            : 'It holds as many lanes as CONVOY_MAX_LANES lets it: further routers wait until one is idle, or for another worker.';
        return { facts: { open, most: maxLanes }, degraded };
      },
    },
  ];
}
