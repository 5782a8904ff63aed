import type { WebMiddleware } from './web-state.ts';

/** Nothing served here is to be framed, sniffed, cached by others, or to load anything from elsewhere. */
export const securityHeaders: WebMiddleware = async (ctx, next) => {
  ctx.set({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  await next();
};
