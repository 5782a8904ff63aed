import { condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import { deviatedSignal, type DeviceWatchInput, type HealthActivities } from '../shared/contract/health-messages.ts';
import { SWEEP_QUEUE } from '../shared/contract/task-queues.ts';
import { nextWait, watchPace } from '../shared/domain/watch-pace.ts';

const checks = proxyActivities<Pick<HealthActivities, 'watchHealth'>>({
  taskQueue: SWEEP_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Looks of one run; the next one begins with an empty history. */
const MOST_LOOKS = 100;
/** Sweeps come back to a device whose watch is late by so much, seconds. */
const GRACE_SECONDS = 120;

/** Looks after one device that deviates, ever more rarely, until it is well again. Its id makes it the only one of the device. */
export async function deviceWatchWorkflow(input: DeviceWatchInput): Promise<void> {
  const { deviceId, intervalSeconds } = input;
  const pace = watchPace(intervalSeconds);
  let waitSeconds = input.waitSeconds ?? pace.firstSeconds;
  let isWanted = false;
  setHandler(deviatedSignal, () => {
    isWanted = true;
  });
  // The signal that began the watch is older than the check that sent it: there is nothing new to see yet.
  isWanted = false;
  for (let looks = 0; looks < MOST_LOOKS && !workflowInfo().continueAsNewSuggested; looks++) {
    await condition(() => isWanted, waitSeconds * 1000);
    isWanted = false;
    const { found } = await checks.watchHealth({ deviceId, watchSeconds: pace.mostSeconds + GRACE_SECONDS });
    if (found === 'well' || found === 'gone') return;
    waitSeconds = nextWait(waitSeconds, found === 'deviating', pace);
  }
  await continueAsNew<typeof deviceWatchWorkflow>({ ...input, waitSeconds });
}
