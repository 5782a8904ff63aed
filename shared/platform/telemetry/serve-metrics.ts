import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';
import type { ReadReadiness } from '../process/readiness.ts';
import { AppError, toErrorBody } from '../../errors/app-error.ts';

export interface MetricsServerOptions {
  /** Left out: no server. 0: a free port. */
  port: number | undefined;
  /** Default: 127.0.0.1. */
  host?: string;
  metrics: Pick<Metrics, 'registry'>;
  /** Facts to show while the process is well; throws when it is not. Default: none. */
  healthz?: () => Promise<Record<string, unknown>> | Record<string, unknown>;
  /** What the process depends on. Default: it is not said. */
  readyz?: ReadReadiness | undefined;
}

export interface MetricsServer {
  port: number;
  url: string;
  close(): Promise<void>;
}

/**
 * Serves `GET /metrics` (Prometheus text format) and `GET /healthz` (JSON; 200, or 503 with the error) on a port of its
 * own, and `GET /readyz` (JSON; 200, or 503 with what is missing) until the process ends. Answers null when no port is given; fails with INVALID_CONFIGURATION when the port is taken.
 */
export async function serveMetrics(options: MetricsServerOptions & { port: number }): Promise<MetricsServer>;
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer | null>;
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer | null> {
  const { port, host = '127.0.0.1', metrics, healthz = () => ({}), readyz } = options;
  if (port === undefined) return null;
  const server = createServer((request, response) => {
    void answer(request, response, { metrics, healthz, readyz });
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new AppError('INVALID_CONFIGURATION', {
      message: `The metrics port ${port} on ${host} cannot be opened (${reason}).`,
      hint: 'Set CONVOY_METRICS_PORT to a free port, or to 0 for no metrics.',
      cause,
    });
  }
  const { port: listening } = server.address() as AddressInfo;
  return {
    port: listening,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {
    metrics,
    healthz,
    readyz,
  }: Pick<MetricsServerOptions, 'metrics' | 'readyz'> & Required<Pick<MetricsServerOptions, 'healthz'>>,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  if (request.method !== 'GET') return sendJson(response, 405, { message: 'Only GET is served here.' });
  try {
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok', ...(await healthz()) });
    if (path === '/readyz' && readyz !== undefined) {
      const { httpStatus, readiness } = await readyz();
      return sendJson(response, httpStatus, { ...readiness });
    }
    if (path === '/metrics') {
      const text = await metrics.registry.metrics();
      response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
      return;
    }
  } catch (error) {
    return sendJson(response, 503, { status: 'failing', ...toErrorBody(error) });
  }
  return sendJson(response, 404, { message: 'Only /metrics, /healthz and /readyz are served here.' });
}

function sendJson(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
