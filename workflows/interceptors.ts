import {
  workflowInfo,
  type ActivityInput,
  type WorkflowInterceptors,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';
import { SUMMARIES, TIMER_SUMMARIES } from './summaries.ts';

/** A summary is one line; the server takes 400 bytes of it. */
const LONGEST_SUMMARY = 200;

/** Says on the workflow's page what each activity and each timer is for, so that no call has to. */
export const interceptors: WorkflowInterceptorsFactory = (): WorkflowInterceptors => {
  const names = new Map<string, string>();
  const nameOf = (deviceId: string): string => names.get(deviceId) ?? deviceId;
  return {
    inbound: [
      {
        execute(input, next) {
          learnFromInput(names, input.args[0]);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          const summary = input.options.summary ?? summaryOf(input, nameOf);
          const result = next({ ...input, options: { ...input.options, summary } });
          // Beside what waits for it, whose order is part of the history.
          if (NAMING.has(input.activityType)) void result.then((named) => learn(names, named), ignore);
          return result;
        },
        startTimer(input, next) {
          const summary = input.options?.summary ?? TIMER_SUMMARIES[workflowInfo().workflowType] ?? 'wait';
          return next({ ...input, options: { ...input.options, summary } });
        },
      },
    ],
  };
};

/** Activities that answer with the names of devices, or with facts among which the name is. */
const NAMING: ReadonlySet<string> = new Set(['deviceNames', 'deviceFacts']);

function learn(names: Map<string, string>, named: unknown): void {
  for (const [deviceId, fact] of Object.entries(named as Record<string, string | { name: string }>)) {
    names.set(deviceId, typeof fact === 'string' ? fact : fact.name);
  }
}

function ignore(): void {}

function learnFromInput(names: Map<string, string>, input: unknown): void {
  if (typeof input !== 'object' || input === null || !('deviceId' in input) || !('deviceName' in input)) return;
  if (typeof input.deviceId === 'string' && typeof input.deviceName === 'string') {
    names.set(input.deviceId, input.deviceName);
  }
}

function summaryOf({ activityType, args }: ActivityInput, nameOf: (deviceId: string) => string): string {
  const say = SUMMARIES[activityType as keyof typeof SUMMARIES] as
    ((request: unknown, nameOf: (deviceId: string) => string) => string) | undefined;
  return (say?.(args[0], nameOf) ?? activityType).slice(0, LONGEST_SUMMARY);
}
