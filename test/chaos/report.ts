import proto from '@temporalio/proto';
import { deviceChangeWorkflowId, planWorkflowId, rolloutWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { SeedEvidence, Violation } from './evidence.ts';
import { sayEntry } from './invariants/say-entry.ts';
import type { Played, Stage } from './play/play-story.ts';

const EVENT_NAMES: Readonly<Record<number, string>> = proto.temporal.api.enums.v1.EventType;

/** Events of a history that are shown, the last ones. */
const EVENTS_SHOWN = 60;

/** Everything that helps to find the cause: what was played, what the journals and rows say, and how the work went. */
export async function sayViolations(
  stage: Stage,
  { story, told }: Played,
  { seed, devices, plans }: SeedEvidence,
  violations: readonly Violation[],
  trouble: readonly string[],
): Promise<string> {
  const deviceIds = new Set(violations.flatMap(({ deviceId }) => deviceId ?? []));
  const planIds = new Set(violations.flatMap(({ planId }) => planId ?? []));
  const shownPlans = plans.filter(
    ({ planId, devices: rows }) => planIds.has(planId) || rows.some(({ deviceId }) => deviceIds.has(deviceId)),
  );
  const histories = [
    ...shownPlans.flatMap(({ planId }) => [planWorkflowId(planId), rolloutWorkflowId(planId)]),
    ...[...deviceIds].map((deviceId) => deviceChangeWorkflowId(deviceId)),
  ];
  return [
    `\n==== seed ${seed}: ${violations.length} violations ====`,
    ...violations.map(({ invariant, message }) => `✗ ${invariant}: ${message}`),
    '-- played',
    ...told,
    '-- processes',
    ...trouble,
    '-- plans',
    ...story.plans.map((plan) => JSON.stringify(plan)),
    ...shownPlans.map((plan) => JSON.stringify({ ...plan, audit: undefined })),
    ...devices
      .filter(({ deviceId }) => deviceIds.has(deviceId))
      .flatMap(({ deviceId, name, journal }) => [`-- journal of ${name} (${deviceId})`, ...journal.map(sayEntry)]),
    ...(await Promise.all(histories.map((id) => sayHistory(stage, id)))).flat(),
    '====',
  ].join('\n');
}

/** Workflow tasks come between all others and say nothing. */
function isTelling({ eventType }: { eventType?: number | null }): boolean {
  return !(EVENT_NAMES[eventType ?? 0] ?? '').includes('WORKFLOW_TASK_');
}

async function sayHistory({ people }: Stage, workflowId: string): Promise<string[]> {
  try {
    const { events } = await people.temporal.workflow.getHandle(workflowId).fetchHistory();
    const lines = (events ?? []).filter(isTelling).map((event) => {
      const type = (EVENT_NAMES[event.eventType ?? 0] ?? '').replace('EVENT_TYPE_', '');
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
      const failure =
        event.activityTaskFailedEventAttributes?.failure?.message ??
        event.activityTaskTimedOutEventAttributes?.failure?.message;
      const signal = event.workflowExecutionSignaledEventAttributes?.signalName;
      const at = new Date(Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6);
      const what = [name, signal, failure].filter((part) => part !== undefined && part !== null).join(' ');
      return `${String(event.eventId)} ${at.toISOString().slice(11, 23)} ${type} ${what}`;
    });
    return [`-- history of ${workflowId}, ${lines.length} events`, ...lines.slice(-EVENTS_SHOWN)];
  } catch (error) {
    return [`-- history of ${workflowId}: ${String(error)}`];
  }
}
