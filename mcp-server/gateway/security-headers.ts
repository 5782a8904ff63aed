import { transportSecurity } from '../http/security-headers.ts';
import type { GatewayMiddleware } from './gateway-state.ts';
import { CLOSED_POLICY } from './page-policy.ts';

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  // The UI frames its own /render pages; nobody else may frame anything of it.
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** Headers every answer carries, refusals and forwarded ones included. */
export function securityHeaders(approvalUrl: string): GatewayMiddleware {
  const headers = { ...HEADERS, ...transportSecurity(approvalUrl) };
  return async (ctx, next) => {
    await next();
    ctx.set(headers);
    if (!ctx.res.hasHeader('Content-Security-Policy')) ctx.set('Content-Security-Policy', CLOSED_POLICY);
  };
}
