import { HttpRefusal } from './problem.ts';
import type { WebMiddleware } from './web-state.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Probes come by address, whatever the public name is, and learn nothing worth protecting. */
const OPEN_PATHS = new Set(['/healthz', '/readyz']);

/**
 * Refuses requests that a foreign page made a browser send: by a name that is not ours (DNS rebinding) or from an origin
 * that is not ours. Programs send no Origin.
 */
export function checkHost(urls: readonly string[]): WebMiddleware {
  const allowed = new Set([...LOOPBACK, ...urls.map((url) => new URL(url).hostname)]);
  return async (ctx, next) => {
    if (!OPEN_PATHS.has(ctx.path)) {
      if (!allowed.has(hostnameOf(`http://${ctx.headers.host ?? ''}`)))
        throw new HttpRefusal(403, 'This host name is not served here.');
      const { origin } = ctx.headers;
      if (origin !== undefined && !allowed.has(hostnameOf(origin)))
        throw new HttpRefusal(403, 'Requests from this origin are not accepted.');
    }
    await next();
  };
}

function hostnameOf(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}
