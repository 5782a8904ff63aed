import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { Worker, type ReplayHistoriesIterable } from '@temporalio/worker';
import { expect } from 'vitest';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { createPayloadCodec, isSealed } from '../../shared/platform/encryption/payload-codec.ts';
import { FAILURE_CONVERTER_FILE } from '../../shared/platform/temporal/data-converter.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import type { TestPlatform } from './platform.ts';
import { temporalClient } from './temporal.ts';
import { testStack } from './test-stack.ts';

const { History } = proto.temporal.api.history.v1;
type HistoryShape = Parameters<typeof History.encode>[0];

/** A history as `record` keeps it: temporal.api.history.v1.History in protobuf's binary form. */
export function decodeHistory(bytes: Uint8Array): unknown {
  return History.decode(bytes);
}

/** The name under which the workflow of a history is registered; undefined when it does not begin with its start. */
export function typeOfHistory(history: unknown): string | undefined {
  const [first] = (history as HistoryShape).events ?? [];
  return first?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? undefined;
}

/** Replays every workflow run of the platform's namespace with the code as it is now; returns the workflow types seen. */
export async function expectAllToReplay(platform: TestPlatform): Promise<Set<string>> {
  const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  try {
    const types = new Set<string>();
    const histories: { workflowId: string; history: unknown }[] = [];
    for await (const run of client.workflow.list()) {
      const sealed = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      const history = await opened(sealed, platform.namespace);
      histories.push({ workflowId: run.workflowId, history });
      types.add(run.type);
      await record(run.type, run.workflowId, history);
    }
    await expectToReplay(histories);
    return types;
  } finally {
    await client.connection.close();
  }
}

/** Activities and timers, of all workflow runs of the platform's namespace, that say nothing on the workflow's page. */
export async function withoutSummary(platform: TestPlatform): Promise<string[]> {
  const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  try {
    const silent: string[] = [];
    for await (const run of client.workflow.list()) {
      const { events } = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      for (const event of events ?? []) {
        const what =
          event.activityTaskScheduledEventAttributes?.activityType?.name ?? event.timerStartedEventAttributes?.timerId;
        if (what && !event.userMetadata?.summary) silent.push(`${run.type}: ${what}`);
      }
    }
    return silent;
  } finally {
    await client.connection.close();
  }
}

/**
 * The history with every payload opened, in place. Replay gets it like this: it takes no key, and a history that is kept can
 * be replayed when the key of the test that recorded it is long gone.
 */
export async function opened<History extends object>(history: History, namespace: string): Promise<History> {
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const codec = createPayloadCodec({ keyring, namespace });
  const open = async (value: unknown): Promise<void> => {
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
    if ('metadata' in value && 'data' in value && isSealed(value as Payload)) {
      Object.assign(value, (await codec.decode([value as Payload]))[0]);
    } else await Promise.all(Object.values(value).map(open));
  };
  await open(history);
  return history;
}

/** Fails when any of the histories is not what the present code would have done. */
export async function expectToReplay(histories: ReplayHistoriesIterable): Promise<void> {
  const options = {
    workflowBundle: await bundleWorkflows(),
    dataConverter: { failureConverterPath: FAILURE_CONVERTER_FILE },
  };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    expect(error, `${workflowId} does not replay`).toBeUndefined();
  }
}

/** With RECORD_HISTORIES=<folder> in the environment, keeps one history of each kind for the tests of later versions. */
async function record(type: string, workflowId: string, history: HistoryShape): Promise<void> {
  const folder = process.env['RECORD_HISTORIES'];
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const name = `${type}-${workflowId.replaceAll(/[^A-Za-z0-9]+/g, '-')}.pb`;
  await writeFile(path.join(folder, name), History.encode(withoutOrigin(history)).finish());
}

/** Replay needs neither where code ran nor which process ran it. */
function withoutOrigin(history: HistoryShape): HistoryShape {
  const text = JSON.stringify(
    History.toObject(History.fromObject(history), { longs: String, bytes: String }),
    (key, value: unknown) => {
      if (key === 'stackTrace' || key === 'identity') return '';
      return key === 'data' && typeof value === 'string' ? withoutStack(value) : value;
    },
  );
  return History.fromObject(JSON.parse(text));
}

/** An opened failure holds its stack trace in its own payload; other payloads stay as they are. */
function withoutStack(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString();
  if (!text.includes('"stack_trace"')) return base64;
  const blank = JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === 'stack_trace' ? '' : value));
  return Buffer.from(blank).toString('base64');
}
