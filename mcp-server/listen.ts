import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../shared/errors/app-error.ts';

export interface ListenOptions {
  answer: RequestListener;
  host: string;
  /** 0 for a free one. */
  port: number;
  /** Connections are still taken for so long after the server was told to close. Default 0. */
  leadMs?: number;
  /** Time for requests in flight after that; then they are cut off. Default 8000. */
  graceMs?: number;
  patience?: Patience;
}

/** How long clients may be slow, milliseconds. */
export interface Patience {
  /** From the first byte of a request, or the connection, to the end of its head. */
  headMs: number;
  /** From there to the end of its body. */
  requestMs: number;
  /** In which nothing of an answer that waits for its reader is taken. */
  stalledMs: number;
}

/** A head is a few packets and a body 1 MiB at most; an honest client needs seconds for either on the worst of lines. */
export const PATIENCE: Patience = { headMs: 10_000, requestMs: 30_000, stalledMs: 30_000 };

const KEEP_ALIVE_MS = 30_000;

export interface Listening {
  port: number;
  /** Takes no more connections, once the lead is over, and waits for the requests in flight. */
  close(): Promise<void>;
}

/**
 * Serves HTTP. On Linux several processes may share the port, and the kernel spreads connections over them. Clients that are
 * slower than `patience` are cut off. Fails with INVALID_CONFIGURATION when the port cannot be had.
 */
export async function listen({
  answer,
  host,
  port,
  leadMs = 0,
  graceMs = 8000,
  patience = PATIENCE,
}: ListenOptions): Promise<Listening> {
  let isClosing = false;
  const server = createServer(timeoutsOf(patience), (request, response) => {
    // A kept connection would be cut later; its client had better open the next one at another process.
    if (isClosing) response.setHeader('connection', 'close');
    cutOffStalledReader(response, patience.stalledMs);
    answer(request, response);
  });
  // Longer than clients and proxies keep an idle connection, so that it is them who close it.
  server.keepAliveTimeout = 75_000;
  server.listen({ host, port, reusePort: process.platform === 'linux' });
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new AppError('INVALID_CONFIGURATION', {
      message: `Port ${port} on ${host} cannot be opened (${reason}).`,
      hint: 'Set CONVOY_HTTP_PORT to a free port.',
      cause,
    });
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      isClosing = true;
      await sleep(leadMs);
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function timeoutsOf({ headMs, requestMs }: Patience) {
  return {
    headersTimeout: headMs,
    requestTimeout: headMs + requestMs,
    // Who is too slow is looked for this often.
    connectionsCheckingInterval: Math.max(50, headMs / 4),
    // Of connections that say nothing, those whose other end is gone without a word.
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  };
}

/**
 * Node calls the listener when nothing was written to the connection and nothing of what had been written was taken for so
 * long. That alone is no fault: the answer may be waited for here. With something left to take it is the reader's.
 */
function cutOffStalledReader(response: ServerResponse, stalledMs: number): void {
  response.setTimeout(stalledMs, () => {
    if (response.writableLength > 0) response.destroy();
  });
}
