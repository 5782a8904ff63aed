import type { IncomingHttpHeaders } from 'node:http';
import { HttpRefusal } from './problem.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Probes come by address, whatever the public name is, and learn nothing worth protecting. */
const OPEN_PATHS = new Set(['/healthz', '/readyz']);

type CheckHost = (ctx: { path: string; headers: IncomingHttpHeaders }, next: () => Promise<unknown>) => Promise<void>;

/**
 * Refuses requests that a foreign page made a browser send: by a name that is not ours (DNS rebinding) or from an origin
 * that is not ours. Programs send no Origin. Pages of any port of this machine may ask only where everything is on this
 * machine: elsewhere they are as foreign as any.
 */
export function checkHost(urls: readonly string[]): CheckHost {
  const own = urls.map((url) => new URL(url));
  const origins = new Set(own.map(({ origin }) => origin));
  const isLocal = own.every(({ hostname }) => LOOPBACK.includes(hostname));
  const checkName = checkHostName(urls);
  return (ctx, next) =>
    checkName(ctx, async () => {
      const { origin } = ctx.headers;
      const isOwn = origin === undefined || origins.has(origin) || (isLocal && isOfThisMachine(origin));
      if (!isOwn && !OPEN_PATHS.has(ctx.path))
        throw new HttpRefusal(403, 'Requests from this origin are not accepted.');
      await next();
    });
}

/** Refuses requests for a name that is not ours. */
export function checkHostName(urls: readonly string[]): CheckHost {
  const hosts = new Set([...LOOPBACK, ...urls.map((url) => new URL(url).hostname)]);
  return async (ctx, next) => {
    const host = URL.parse(`http://${ctx.headers.host ?? ''}`)?.hostname ?? '';
    if (!hosts.has(host) && !OPEN_PATHS.has(ctx.path)) throw new HttpRefusal(403, 'This host name is not served here.');
    await next();
  };
}

function isOfThisMachine(origin: string): boolean {
  return LOOPBACK.includes(URL.parse(origin)?.hostname ?? '');
}
