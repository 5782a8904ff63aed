import type { WorkerOptions } from '@temporalio/worker';

/**
 * So many polls of a queue at the same time. The SDK's options `maxConcurrent…TaskPolls` are declared but read nowhere
 * (@temporalio/worker 1.24.0, lib/worker-options.js): without this a queue is polled ten times over.
 */
export function pollers(maximum: number): NonNullable<WorkerOptions['activityTaskPollerBehavior']> {
  return { type: 'simple-maximum', maximum };
}
