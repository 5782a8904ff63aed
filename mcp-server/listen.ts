import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../shared/errors/app-error.ts';

export interface ListenOptions {
  answer: RequestListener;
  host: string;
  /** 0 for a free one. */
  port: number;
  /** Time for requests in flight when the server closes; then they are cut off. Default 8000. */
  graceMs?: number;
}

export interface Listening {
  port: number;
  /** Takes no more connections and waits for the requests in flight. */
  close(): Promise<void>;
}

/**
 * Serves HTTP. On Linux several processes may share the port, and the kernel spreads connections over them. Fails with
 * INVALID_CONFIGURATION when the port cannot be had.
 */
export async function listen({ answer, host, port, graceMs = 8000 }: ListenOptions): Promise<Listening> {
  let isClosing = false;
  const server = createServer((request, response) => {
    // A kept connection would be cut later; its client had better open the next one at another process.
    if (isClosing) response.setHeader('connection', 'close');
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
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
