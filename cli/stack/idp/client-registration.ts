import { errors, type Adapter, type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';

/** Where a program that registers itself may have answers sent: to this machine, or to one of the assistants known here. */
const REDIRECTS: readonly RegExp[] = [
  /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/[\w./-]*$/,
  /^https:\/\/chatgpt\.com\/connector_platform_oauth_redirect$/,
  /^https:\/\/chatgpt\.com\/connector\/oauth\/[\w-]+$/,
  /^https:\/\/claude\.(ai|com)\/api\/mcp\/auth_callback$/,
  /^https:\/\/(insiders\.)?vscode\.dev\/redirect$/,
  /^cursor:\/\/anysphere\.cursor-(mcp|retrieval)\/oauth\/[\w./-]*callback$/,
];

/** A registration that nobody uses is forgotten after this, seconds; each use begins the time anew. */
const UNUSED_SECONDS = 7 * 86_400;
/** Registrations at a time. */
const MOST_CLIENTS = 1000;

/**
 * Keeps clients that register themselves (RFC 7591): only with redirects of the list, a bounded number of them, and none
 * that is not used. Other models are kept as they were.
 */
export function withClientRegistration(adapterFor: (model: string) => Adapter): (model: string) => Adapter {
  const known = new Set<string>();
  return (model) => {
    const adapter = adapterFor(model);
    if (model !== 'Client') return adapter;
    return {
      ...adapter,
      async upsert(id, payload) {
        refuseForeignRedirects(payload);
        known.add(id);
        if (known.size > MOST_CLIENTS) {
          const [oldest = ''] = known;
          known.delete(oldest);
          await adapter.destroy(oldest);
        }
        await adapter.upsert(id, payload, UNUSED_SECONDS);
      },
      async find(id) {
        const payload = await adapter.find(id);
        if (payload) await adapter.upsert(id, payload, UNUSED_SECONDS);
        return payload;
      },
      async destroy(id) {
        known.delete(id);
        await adapter.destroy(id);
      },
    };
  };
}

function refuseForeignRedirects({ redirect_uris: redirects }: AdapterPayload): void {
  const foreign = redirects?.find((uri) => !REDIRECTS.some((pattern) => pattern.test(uri)));
  if (foreign === undefined) return;
  throw new errors.InvalidRedirectUri();
}

/** Registrations from one address in a minute. */
const PER_MINUTE = 20;

/** Koa middleware that answers 429 to whoever registers clients all the time. */
export function limitRegistrations(now: () => number = Date.now) {
  const begun = new Map<string, { at: number; count: number }>();
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    if (ctx.path !== '/reg' || ctx.method !== 'POST') return next();
    for (const [address, { at }] of begun) if (now() - at > 60_000) begun.delete(address);
    const address = ctx.req.socket.remoteAddress ?? '';
    const window = begun.get(address) ?? { at: now(), count: 0 };
    begun.set(address, { ...window, count: window.count + 1 });
    if (window.count < PER_MINUTE) return next();
    ctx.status = 429;
    ctx.set('Retry-After', String(Math.max(1, Math.ceil((window.at + 60_000 - now()) / 1000))));
    ctx.body = { error: 'temporarily_unavailable', error_description: 'too many clients are being registered' };
  };
}
