import { recordSpan } from '../../shared/platform/telemetry/spans.ts';
import type { ObservedRequest, RouterTarget } from './router-target.ts';

/**
 * Tells of a request that has ended: to whoever counts, and as a span of the trace it was made for. A router is not told of
 * the trace, which it could do nothing with.
 */
export function observeRequest(
  { deviceId, observe }: Pick<RouterTarget, 'deviceId' | 'observe'>,
  request: ObservedRequest,
): void {
  observe?.(request);
  const { method, path, outcome, status, durationMs } = request;
  const isSsh = method === 'SSH';
  const template = isSsh ? path : templateOf(path);
  recordSpan(`${method} ${template}`, {
    kind: 'client',
    durationMs,
    errorType: outcome === 'ok' ? undefined : outcome,
    attributes: {
      ...(isSsh
        ? { 'network.protocol.name': 'ssh', 'convoy.ssh.menu': path }
        : { 'http.request.method': method, 'url.template': template }),
      ...(deviceId === undefined ? {} : { 'server.address': deviceId }),
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
    },
  });
}

/** The path without ids and without the query, whose values are the caller's. */
function templateOf(path: string): string {
  const [route = ''] = path.split('?', 1);
  return route.replaceAll(/\/\*[0-9A-Fa-f]+(?=\/|$)/g, '/{id}');
}
