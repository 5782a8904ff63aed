import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { errors, Pool } from 'undici';
import type { ReadReply, ReadRequest } from '../../contract/device-messages.ts';
import { LANE_READ_OPERATION, LANE_SERVICE } from '../../contract/lane-messages.ts';
import { deviceQueue } from '../../contract/task-queues.ts';
import type { ErrorBody } from '../../errors/app-error.ts';
import { AppError } from '../../errors/app-error.ts';
import type { ConvoyPayloadCodec } from '../encryption/payload-codec.ts';
import { TRACE_HEADER } from '../../contract/trace-context.ts';
import { currentTraceparent, inSpan } from '../telemetry/spans.ts';
import { appErrorOfBody } from './failure-codes.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** What a lane answers through the fast door; a refusal is an answer, so nothing of it is stored anywhere. */
export type LaneReply = { ok: true; reply: ReadReply } | { ok: false; error: ErrorBody };

/**
 * The fast door into a lane: a synchronous Nexus operation on the device's queue, over the frontend's HTTP port. Question and
 * answer are sealed on the way, which is plain HTTP, and the server stores neither.
 */
export interface NexusDoor {
  /**
   * `shut` when the door itself does not work, `unanswered` when only this lane did not answer; both mean that another
   * way must be taken.
   */
  read(request: ReadRequest, timeoutMs: number, signal: AbortSignal): Promise<ReadReply | 'shut' | 'unanswered'>;
  close(): Promise<void>;
}

/** Calls at the same time; each waits for its router, so that fewer of them would let slow routers hold up all others. */
const CONNECTIONS = 512;
/** A full frontend says 429; it is asked again this often, a few milliseconds apart. */
const BUSY_RETRIES = 3;

/** A payload as it is (server, common/nexus/payload_serializer.go); other types would be taken for the value itself. */
const PAYLOAD_TYPE = 'application/x-temporal-payload';

export interface NexusDoorOptions {
  httpUrl: string;
  namespace: string;
  token: () => string;
  codec: ConvoyPayloadCodec;
}

export function openNexusDoor({ httpUrl, namespace, token, codec }: NexusDoorOptions): NexusDoor {
  const pool = new Pool(new URL(httpUrl).origin, { connections: CONNECTIONS, connectTimeout: 2000 });
  const ask = async (
    request: ReadRequest,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ status: number; body: Uint8Array } | null> => {
    const question = await sealed(codec, request);
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: pathOf(namespace, request.deviceId),
        headers: {
          authorization: `Bearer ${token()}`,
          'content-type': PAYLOAD_TYPE,
          // The worker's side refuses an operation without one.
          'nexus-request-id': randomUUID(),
          'request-timeout': `${timeoutMs}ms`,
          ...traceHeader(),
        },
        body: question,
        signal,
        headersTimeout: timeoutMs + 500,
        bodyTimeout: timeoutMs + 500,
      });
      return { status: statusCode, body: await body.bytes() };
    } catch (error) {
      // Too late, or nobody waits any more: that says nothing of the door.
      if (signal.aborted || isLate(error)) return { status: 0, body: new Uint8Array() };
      // Refused, reset or silent: the door is shut, and a read may be asked again by the other way.
      if (error instanceof Error) return null;
      throw error;
    }
  };
  return {
    async read(request, timeoutMs, signal) {
      for (let attempt = 0; ; attempt++) {
        const answer = await inSpan(`StartNexusOperation:${LANE_SERVICE}/${LANE_READ_OPERATION}`, ASKING, () =>
          ask(request, timeoutMs, signal),
        );
        if (answer?.status === 429 && attempt < BUSY_RETRIES) {
          await new Promise((resolve) => setTimeout(resolve, 5 * (attempt + 1)));
          continue;
        }
        if (answer === null) return 'shut';
        if (answer.status !== 200) return 'unanswered';
        return unwrap(await opened(codec, answer.body));
      }
    },
    close: () => pool.close(),
  };
}

/** The server hands a request's headers to the lane. */
function traceHeader(): Record<string, string> {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? {} : { [TRACE_HEADER]: traceparent };
}

const ASKING = { kind: 'client' } as const;

async function sealed(codec: ConvoyPayloadCodec, request: ReadRequest): Promise<Uint8Array> {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(request)]);
  return PayloadMessage.encode(payload ?? {}).finish();
}

async function opened(codec: ConvoyPayloadCodec, body: Uint8Array): Promise<LaneReply> {
  const [payload] = await codec.decode([PayloadMessage.decode(body)]);
  return defaultPayloadConverter.fromPayload<LaneReply>(payload ?? {});
}

function isLate(error: unknown): boolean {
  return error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
}

function unwrap(answer: LaneReply): ReadReply {
  if (answer.ok) return answer.reply;
  // A lane that is closing refuses: the caller takes the other way.
  throw answer.error.code === 'LANE_LOST' ? new AppError('LANE_LOST') : appErrorOfBody(answer.error);
}

function pathOf(namespace: string, deviceId: string): string {
  const queue = encodeURIComponent(deviceQueue(deviceId));
  return `/namespaces/${encodeURIComponent(namespace)}/task-queues/${queue}/nexus-services/${LANE_SERVICE}/${LANE_READ_OPERATION}`;
}
