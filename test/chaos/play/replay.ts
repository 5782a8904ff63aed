import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Payload } from '@temporalio/common';
import { createPayloadCodec, isSealed } from '../../../shared/platform/encryption/payload-codec.ts';
import { FAILURE_CONVERTER_FILE } from '../../../shared/platform/temporal/data-converter.ts';
import { planWorkflowId, rollbackWorkflowId, rolloutWorkflowId } from '../../../shared/contract/workflow-ids.ts';
import { bundleWorkflows } from '../../../worker/bundle.ts';
import type { Violation } from '../evidence.ts';
import type { Played, Stage } from './play-story.ts';
import { isRunning } from './settle.ts';

/** Plans of a round whose histories are replayed. */
const REPLAYED_AT_MOST = 3;

const bundle = lazily(() => {
  // Once in a process; what workers say while they replay is of no interest.
  Runtime.install({ logger: new DefaultLogger('WARN') });
  return bundleWorkflows();
});

/** Replays the histories of some of the plans with the code as it is: what ran through the trouble must be repeatable. */
export async function replaySome(stage: Stage, rounds: readonly Played[]): Promise<Violation[]> {
  const planIds = rounds.flatMap(({ plans }) => plans.flatMap(({ planId }) => planId ?? [])).slice(0, REPLAYED_AT_MOST);
  const histories: { workflowId: string; history: unknown }[] = [];
  for (const planId of planIds) {
    for (const workflowId of [planWorkflowId(planId), rolloutWorkflowId(planId), rollbackWorkflowId(planId)]) {
      const history = await historyOf(stage, workflowId);
      if (history !== null) histories.push({ workflowId, history });
    }
  }
  const options = { workflowBundle: await bundle(), dataConverter: { failureConverterPath: FAILURE_CONVERTER_FILE } };
  const violations: Violation[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    if (error) violations.push({ invariant: 'histories replay', message: `${workflowId}: ${String(error)}` });
  }
  return violations;
}

/** With its payloads opened; null when there is none. */
async function historyOf(stage: Stage, workflowId: string): Promise<unknown> {
  const { people, stack } = stage;
  if (!(await isRunning(stage, workflowId)) && !(await exists(stage, workflowId))) return null;
  const history = await people.temporal.workflow.getHandle(workflowId).fetchHistory();
  const codec = createPayloadCodec({ keyring: stack.keyring, namespace: stack.temporal.namespace });
  const open = async (value: unknown): Promise<void> => {
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
    if ('metadata' in value && 'data' in value && isSealed(value as Payload)) {
      Object.assign(value, (await codec.decode([value as Payload]))[0]);
    } else await Promise.all(Object.values(value).map(open));
  };
  await open(history);
  return history;
}

async function exists({ people }: Stage, workflowId: string): Promise<boolean> {
  return people.temporal.workflow
    .getHandle(workflowId)
    .describe()
    .then(
      () => true,
      () => false,
    );
}

function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
