import { randomUUID } from 'node:crypto';
import { errors, Pool } from 'undici';
import type { ReadReply, ReadRequest } from '../../contract/device-messages.ts';
import { LANE_READ_OPERATION, LANE_SERVICE } from '../../contract/lane-messages.ts';
import { deviceQueue } from '../../contract/task-queues.ts';
import type { ErrorBody } from '../../errors/app-error.ts';
import { AppError } from '../../errors/app-error.ts';
import { appErrorOfBody } from './failure-codes.ts';

/** What a lane answers through the fast door; a refusal is an answer, so nothing of it is stored anywhere. */
export type LaneReply = { ok: true; reply: ReadReply } | { ok: false; error: ErrorBody };

/** The fast door into a lane: a synchronous Nexus operation on the device's queue, over the frontend's HTTP port. */
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

export function openNexusDoor(httpUrl: string, namespace: string, token: () => string): NexusDoor {
  const pool = new Pool(new URL(httpUrl).origin, { connections: CONNECTIONS, connectTimeout: 2000 });
  const ask = async (
    request: ReadRequest,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ status: number; text: string } | null> => {
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: pathOf(namespace, request.deviceId),
        headers: {
          authorization: `Bearer ${token()}`,
          'content-type': 'application/json',
          // The worker's side refuses an operation without one.
          'nexus-request-id': randomUUID(),
          'request-timeout': `${timeoutMs}ms`,
        },
        body: JSON.stringify(request),
        signal,
        headersTimeout: timeoutMs + 500,
        bodyTimeout: timeoutMs + 500,
      });
      return { status: statusCode, text: await body.text() };
    } catch (error) {
      // Too late, or nobody waits any more: that says nothing of the door.
      if (signal.aborted || isLate(error)) return { status: 0, text: '' };
      // Refused, reset or silent: the door is shut, and a read may be asked again by the other way.
      if (error instanceof Error) return null;
      throw error;
    }
  };
  return {
    async read(request, timeoutMs, signal) {
      for (let attempt = 0; ; attempt++) {
        const answer = await ask(request, timeoutMs, signal);
        if (answer?.status === 429 && attempt < BUSY_RETRIES) {
          await new Promise((resolve) => setTimeout(resolve, 5 * (attempt + 1)));
          continue;
        }
        if (answer === null) return 'shut';
        if (answer.status !== 200) return 'unanswered';
        return unwrap(JSON.parse(answer.text) as LaneReply);
      }
    },
    close: () => pool.close(),
  };
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
