import type { WebMiddleware } from './web-state.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  // For browsers that know no frame-ancestors.
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** What tells browsers to come over TLS only, from now on; nothing for an origin without TLS. */
export function transportSecurity(origin: string): Record<string, string> {
  return origin.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {};
}

/** Nothing served here is to be framed, sniffed, cached by others, or to load anything from elsewhere. */
export function securityHeaders(publicUrl: string): WebMiddleware {
  const headers = { ...HEADERS, ...transportSecurity(publicUrl) };
  return async (ctx, next) => {
    ctx.set(headers);
    await next();
  };
}
