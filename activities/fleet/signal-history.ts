import type { Client } from '@temporalio/client';
import { LRUCache } from 'lru-cache';

/** One signal as the server recorded it. */
export interface RecordedSignal {
  eventId: number;
  at: string;
  name: string;
  /** Decoded first argument; undefined when there is none or it is not JSON. */
  payload: unknown;
  /** Who the server itself says sent it: the subject of the verified token, or null. */
  principal: string | null;
  /** What the sender said of itself; worth nothing as proof. */
  claimedIdentity: string;
}

export interface RecordedStart {
  /** Subject that started the run. */
  startedBy: string | null;
  /** The run continues another one that was reset. */
  wasReset: boolean;
  /** The workflow that started this one; null when none did. */
  parent: Execution | null;
  /** The first of the runs that this one follows as a retry, a continuation or by a cron schedule; itself when it is the first. */
  firstRunId: string;
}

export interface RecordedRun extends Omit<RecordedStart, 'parent' | 'firstRunId'> {
  /** Oldest first. */
  signals: RecordedSignal[];
}

export interface Execution {
  workflowId: string;
  runId: string;
}

const PAGE_SIZE = 200;

/** Reads a run's signals after an event from the server's history, newest page first so that long histories cost little. */
export async function readRecordedRun(
  client: Client,
  execution: Execution,
  afterEventId: number,
): Promise<RecordedRun> {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  const { startedBy, wasReset } = await readStart(client, execution);

  const signals: RecordedSignal[] = [];
  let nextPageToken: Uint8Array | undefined;
  read: do {
    const page = await workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: PAGE_SIZE,
      nextPageToken,
    });
    for (const event of page.history?.events ?? []) {
      const eventId = Number(event.eventId);
      if (eventId <= afterEventId) break read;
      const attributes = event.workflowExecutionSignaledEventAttributes;
      if (!attributes) continue;
      signals.push({
        eventId,
        at: isoTime(event.eventTime),
        name: attributes.signalName ?? '',
        payload: await decodeFirst(client, execution, attributes.input?.payloads),
        principal: jwtSubject(event.principal),
        claimedIdentity: attributes.identity ?? '',
      });
    }
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken);

  return {
    startedBy,
    wasReset,
    signals: signals.reverse(),
  };
}

/** How runs began, by run id. Nothing changes it later: a reset, a retry and a continuation are runs of their own. */
const knownStarts = new WeakMap<Client, LRUCache<string, RecordedStart>>();
const KNOWN_AT_MOST = 5_000;

/** Reads how a run began, once a run: every write asks for it, of its own workflow and of all above. */
export async function readStart(client: Client, execution: Execution): Promise<RecordedStart> {
  const known = knownStarts.get(client) ?? new LRUCache<string, RecordedStart>({ max: KNOWN_AT_MOST });
  knownStarts.set(client, known);
  const start = known.get(execution.runId) ?? (await askForStart(client, execution));
  known.set(execution.runId, start);
  return start;
}

async function askForStart(client: Client, execution: Execution): Promise<RecordedStart> {
  const { namespace } = client.options;
  const { workflowService } = client.connection;
  const first = await workflowService.getWorkflowExecutionHistory({ namespace, execution, maximumPageSize: 1 });
  const event = first.history?.events?.[0];
  const start = event?.workflowExecutionStartedEventAttributes ?? {};
  const { originalExecutionRunId, continuedExecutionRunId, firstExecutionRunId, parentWorkflowExecution } = start;
  const { workflowId, runId } = parentWorkflowExecution ?? {};
  return {
    startedBy: jwtSubject(event?.principal),
    wasReset: Boolean(originalExecutionRunId) && originalExecutionRunId !== execution.runId,
    parent: workflowId && runId ? { workflowId, runId } : null,
    // A run that was reset names the first one too, but its events, and who began it, are its own.
    firstRunId: (continuedExecutionRunId && firstExecutionRunId) || execution.runId,
  };
}

function isoTime(time: { seconds?: unknown; nanos?: number | null } | null | undefined): string {
  return new Date(Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1_000_000)).toISOString();
}

function jwtSubject(principal: { type?: string | null; name?: string | null } | null | undefined): string | null {
  // Only a token is a proof; anything else the server might stamp one day is not one until somebody decides so.
  return principal?.type === 'jwt' && principal.name ? principal.name : null;
}

type Payloads = NonNullable<
  Parameters<Client['options']['loadedDataConverter']['payloadConverter']['fromPayload']>[0]
>[];

async function decodeFirst(
  client: Client,
  { workflowId }: Execution,
  payloads: Payloads | null | undefined,
): Promise<unknown> {
  const [first] = payloads ?? [];
  if (!first) return undefined;
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  const context = { type: 'workflow', namespace: client.options.namespace, workflowId } as const;
  try {
    let decoded = [first];
    for (const codec of [...payloadCodecs].reverse()) decoded = await codec.decode(decoded, context);
    return decoded[0] === undefined ? undefined : payloadConverter.fromPayload(decoded[0]);
  } catch {
    // Anybody may post bytes as a signal; what cannot be decoded is reported as malformed by the caller.
    return undefined;
  }
}
