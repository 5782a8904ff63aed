import type { GatewayMiddleware } from './gateway-state.ts';

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  // The UI frames its own /render pages; nobody else may frame anything of it.
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** Headers every answer carries, the forwarded ones included. */
export function securityHeaders(approvalUrl: string): GatewayMiddleware {
  const isSecure = approvalUrl.startsWith('https:');
  return async (ctx, next) => {
    await next();
    ctx.set({ ...HEADERS, ...(isSecure ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}) });
  };
}
