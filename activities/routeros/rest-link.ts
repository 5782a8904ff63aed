import { Pool } from 'undici';
import { AppError } from '../../shared/errors/app-error.ts';
import { createConnector, originOf } from './connector.ts';
import { ConnectFailure } from './connect-failure.ts';
import { exchange, ExchangeFailure, type RestMethod, type RestReply } from './exchange.ts';
import { observeRequest } from './observe-request.ts';
import { abortable, pause } from './pause.ts';
import { ROUTER_LIMITS, type RequestGate, type RouterLimits, type RouterTarget } from './router-target.ts';

/** Connections to one router's REST service, kept alive between requests. */
export interface RestLink {
  readonly limits: RouterLimits;
  readonly memory: Readonly<RouterMemory>;
  /**
   * The connection was seen to answer what it is asked. In the first seconds after a start a router may answer a list with
   * nothing, and a start ends every connection, so each new one has to prove itself.
   */
  isProven: boolean;
  /**
   * Sends one request. Fails with ConnectFailure or ExchangeFailure, or with the signal's reason. An aborted read is
   * abandoned, not cut off: cutting it would disturb the router's next answers. A write that has left is waited for.
   */
  send(request: OutgoingRequest, signal?: AbortSignal): Promise<RestReply>;
  /** Waits for what is on its way, then closes the connections. */
  close(): Promise<void>;
}

export interface OutgoingRequest {
  method: RestMethod;
  path: string;
  body?: string;
  /** Whether the request changes anything. Default: every request but a GET does. */
  effect?: 'read' | 'write';
  /** How long the router works before it sends the first byte, milliseconds, on top of the usual time. Default 0. */
  worksForMs?: number;
  /** Asked when it is the request's turn, just before it leaves; fails when it must not. It must not ask the router. */
  mayLeave?: () => Promise<void>;
}

/** What is remembered about one router, shared by all links to it. */
export interface RouterMemory {
  /** Until when it must be left in peace, on the clock of `performance.now()`. */
  quietUntilMs: number;
  /** It has accepted the login before. */
  hasAuthenticated: boolean;
  /** Until when a command may keep it from working on anything else, on the clock of `performance.now()`. */
  busyUntilMs: number;
}

export function emptyMemory(): RouterMemory {
  return { quietUntilMs: 0, hasAuthenticated: false, busyUntilMs: 0 };
}

/** `connections` is how many are opened at most; default the target's `maxInFlight`. */
export function createRestLink(
  target: RouterTarget,
  memory: RouterMemory = emptyMemory(),
  connections = target.maxInFlight ?? 1,
): RestLink {
  const limits = { ...ROUTER_LIMITS, ...target.limits };
  const connect = createConnector(target.tls, limits.connectTimeoutMs);
  const pool = new Pool(originOf(target), {
    connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect(options, callback) {
      link.isProven = false;
      connect(options, callback);
    },
  });
  const gate: RequestGate = target.gate ?? ((send) => send());
  const authorization = `Basic ${Buffer.from(`${target.username}:${target.password}`).toString('base64')}`;

  async function exchangeOnce(
    { method, path, body, worksForMs = 0, mayLeave }: OutgoingRequest,
    signal?: AbortSignal,
  ): Promise<RestReply> {
    signal?.throwIfAborted();
    await pause(memory.quietUntilMs - performance.now(), signal);
    const mayLeaveStill = await granted(mayLeave);
    const startedAt = performance.now();
    // A router works on one request of a user at a time: this one may have to wait for a command that takes long.
    const waitsForMs = Math.max(0, memory.busyUntilMs - startedAt);
    const busyUntilMs = startedAt + waitsForMs + worksForMs;
    if (worksForMs > 0) memory.busyUntilMs = busyUntilMs;
    let outcome = 'closed';
    let status: number | undefined;
    try {
      const reply = await exchange(
        pool,
        {
          method,
          path,
          headers: {
            accept: 'application/json',
            authorization,
            // Old builds refuse the type with a charset.
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          body,
          mayStart: () => !signal?.aborted && mayLeaveStill(),
        },
        { ...limits, headersTimeoutMs: limits.headersTimeoutMs + waitsForMs + worksForMs },
      );
      status = reply.status;
      outcome = reply.status < 300 ? 'ok' : String(reply.status);
      memory.hasAuthenticated ||= reply.status < 300;
      return reply;
    } catch (error) {
      if (error instanceof ConnectFailure || error instanceof ExchangeFailure) outcome = error.kind;
      if (error instanceof ExchangeFailure) {
        if (error.kind === 'cancelled') {
          signal?.throwIfAborted();
          throw new AppError('LANE_LOST', {
            message: 'The process stood still before the write left; it was not sent.',
          });
        }
        if (CUT_OFF.has(error.kind)) memory.quietUntilMs = performance.now() + limits.quietAfterTimeoutMs;
      }
      throw error;
    } finally {
      // One that was cut off still runs on the router.
      if (outcome !== 'timeout' && memory.busyUntilMs === busyUntilMs) memory.busyUntilMs = 0;
      observeRequest(target, { method, path, outcome, status, durationMs: performance.now() - startedAt });
    }
  }

  const link: RestLink = {
    limits,
    memory,
    isProven: false,
    send(request, signal) {
      const reply = gate(() => exchangeOnce(request, signal));
      const changesNothing = request.effect === 'read' || request.method === 'GET';
      return changesNothing ? abortable(reply, signal) : reply;
    },
    close: () => pool.close(),
  };
  return link;
}

/**
 * How long it holds that a request may leave: for opening a connection, and not for a process that stood still meanwhile,
 * whose lane others take over after ten seconds.
 */
const MAY_LEAVE_HOLDS_MS = 7_000;

/** Asking keeps the others of the line waiting, which is not for long: they are reads, and need nobody's leave. */
const MAY_LEAVE_WITHIN_MS = 3_000;

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

async function granted(mayLeave: (() => Promise<void>) | undefined): Promise<() => boolean> {
  if (!mayLeave) return () => true;
  const askedAtMs = performance.now();
  await abortable(mayLeave(), AbortSignal.timeout(MAY_LEAVE_WITHIN_MS)).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
    throw new AppError('SERVICE_UNAVAILABLE', {
      message: 'Nobody said in time that the write may leave; it was not sent.',
    });
  });
  return () => performance.now() - askedAtMs < MAY_LEAVE_HOLDS_MS;
}

/** Idle connections are closed by us after this long, so that the router's own idle limit is rarely met. */
const KEEP_ALIVE_MS = 30_000;

const CUT_OFF: ReadonlySet<string> = new Set(['timeout', 'too_large']);
