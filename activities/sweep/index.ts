import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import {
  deviatedSignal,
  type DeviceWatchInput,
  type HealthActivities,
  type HealthPage,
  type SweptPage,
  type WatchFinding,
} from '../../shared/contract/health-messages.ts';
import { WORKFLOW_QUEUE } from '../../shared/contract/task-queues.ts';
import { deviceWatchWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { DEVICE_WATCH_WORKFLOW } from '../../shared/contract/workflow-types.ts';
import { isDeviating, isSteady, type HealthTrack } from '../../shared/domain/device-health.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { PolicySource } from '../../shared/platform/policy/policy-source.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { checkHealth, type CheckDeps } from './check-health.ts';
import type { VisitDevices } from './visit-devices.ts';

export interface SweepDeps {
  client: Client;
  database: Database;
  visitDevices: VisitDevices;
  policy: PolicySource;
  /** How often what devices measure is collected, seconds; 0: not at all. */
  deviceMetricsSeconds: number;
  metrics: Pick<Metrics, 'healthChecks'>;
  logger: Pick<Logger, 'error'>;
}

/** Devices of one page, and of one lease within it: what is lost when a process dies is one lease. */
const PAGE = 100;
const BATCH = 25;

/** Looking at devices beside their lanes. */
export function createHealthActivities(deps: SweepDeps): HealthActivities {
  const { client, database } = deps;
  const checking: CheckDeps = { ...deps, log: deps.logger };
  return {
    sweepHealth: (page) => sweepHealth(checking, database, page),
    async startWatches({ deviceIds, intervalSeconds }) {
      const devices = await database.devices.getMany(deviceIds);
      for (let index = 0; index < devices.length; index += STARTS_AT_ONCE) {
        const some = devices.slice(index, index + STARTS_AT_ONCE);
        await Promise.all(
          some.map(({ deviceId, name }) => startWatch(client, { deviceId, deviceName: name, intervalSeconds })),
        );
      }
    },
    async watchHealth({ deviceId, watchSeconds }) {
      const { cancellationSignal: signal } = Context.current();
      const checked = await checkHealth(checking, {
        deviceIds: [deviceId],
        who: 'watch',
        validSeconds: watchSeconds,
        watchSecondsAfter: (track) => (isSteady(track) ? 0 : watchSeconds),
        heartbeat: () => Context.current().heartbeat(),
        signal,
      });
      return { found: findingOf(checked.get(deviceId) ?? 'gone') };
    },
  };
}

/** What a sweep has done of a page, as its heartbeats keep it. */
interface Progress {
  after: string | null;
  checked: number;
  left: number;
  deviating: string[];
}

async function sweepHealth(
  checking: CheckDeps,
  database: Pick<Database, 'cohorts'>,
  { cohort, intervalSeconds, after }: HealthPage,
): Promise<SweptPage> {
  const context = Context.current();
  const before = context.info.heartbeatDetails as Progress | undefined;
  let progress: Progress = before ?? { after, checked: 0, left: 0, deviating: [] };
  const deviceIds = await database.cohorts.deviceIds({ cohort, after, limit: PAGE });
  const heartbeat = (): void => context.heartbeat(progress);
  const begun = progress.after;
  const rest = deviceIds.filter((deviceId) => begun === null || deviceId > begun);
  for (let index = 0; index < rest.length; index += BATCH) {
    const batch = rest.slice(index, index + BATCH);
    const found = await checkHealth(checking, {
      deviceIds: batch,
      who: 'sweep',
      validSeconds: intervalSeconds * MISSED_SWEEPS,
      heartbeat,
      signal: context.cancellationSignal,
    });
    const tracks = [...found].filter((entry): entry is [string, HealthTrack] => typeof entry[1] === 'object');
    progress = {
      after: batch.at(-1) ?? null,
      checked: progress.checked + tracks.length,
      left: progress.left + batch.length - tracks.length,
      deviating: [...progress.deviating, ...tracks.filter(([, track]) => isDeviating(track)).map(([id]) => id)],
    };
    heartbeat();
  }
  const { checked, left, deviating } = progress;
  return { next: deviceIds.length < PAGE ? null : (deviceIds.at(-1) ?? null), checked, left, deviating };
}

/** So many sweeps must leave a device out before nobody knows how it is. */
const MISSED_SWEEPS = 3;
const STARTS_AT_ONCE = 10;

async function startWatch(client: Client, input: DeviceWatchInput): Promise<void> {
  await client.workflow.signalWithStart(DEVICE_WATCH_WORKFLOW, {
    workflowId: deviceWatchWorkflowId(input.deviceId),
    taskQueue: WORKFLOW_QUEUE,
    args: [input],
    signal: deviatedSignal,
    staticSummary: `watch ${input.deviceName} until it is well again`,
  });
}

function findingOf(checked: HealthTrack | 'gone' | 'left'): WatchFinding {
  if (typeof checked === 'string') return checked;
  if (isSteady(checked)) return 'well';
  return checked.found === checked.status && checked.found !== 'healthy' ? 'deviating' : 'unsettled';
}
