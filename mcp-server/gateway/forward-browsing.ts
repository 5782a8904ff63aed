import type { CryptoKey } from 'jose';
import { gunzipSync } from 'node:zlib';
import { mintTemporalToken } from '../../shared/platform/temporal/temporal-token.ts';
import type { Browsed } from './browse-scope.ts';
import type { ForwardedAnswer, Forwarder } from './forward.ts';
import type { GatewayContext } from './gateway-state.ts';
import { uiPolicy } from './page-policy.ts';

export interface BrowsingOptions {
  namespace: string;
  signingKey: CryptoKey;
  forwarder: Forwarder;
}

/** A token for reading lives as long as a page may take to load what it shows. */
const READ_TOKEN_SECONDS = 60;

/** Answers what a person may read with what the Temporal UI says; `json` is a query's body. */
export async function forwardBrowsing(
  { signingKey, namespace, forwarder }: BrowsingOptions,
  ctx: GatewayContext,
  { browsed, json }: { browsed: Browsed; json: string | null },
): Promise<void> {
  const isApi = browsed.of !== 'page';
  const subject = ctx.state.person?.sub ?? '';
  const token = isApi
    ? await mintTemporalToken({
        signingKey,
        subject,
        // The right to read about the server opens every namespace, so it goes only where nothing else is asked.
        permissions: browsed.of === 'server' ? ['temporal-system:read'] : [`${namespace}:read`],
        lifetimeSeconds: READ_TOKEN_SECONDS,
      })
    : null;
  const answer = await forwarder.forward({ request: ctx.req, response: ctx.res, token, json });
  ctx.status = answer.status;
  ctx.set(answer.headers);
  // What one person may see must not be kept for another.
  if (isApi) ctx.set('Cache-Control', 'no-store');
  const hasOwnPolicy = answer.headers['content-security-policy'] !== undefined;
  if (isApi || hasOwnPolicy) ctx.body = answer.body;
  else await sendPage(ctx, answer);
}

/** Pages name the scripts that are written into them, so those are read whole; the UI has one such page of few bytes. */
async function sendPage(ctx: GatewayContext, { headers, body }: ForwardedAnswer): Promise<void> {
  const isDocument = String(headers['content-type'] ?? '').startsWith('text/html');
  const encoding = headers['content-encoding'];
  if (!isDocument || ctx.method === 'HEAD' || (encoding !== undefined && encoding !== 'gzip')) {
    ctx.set('Content-Security-Policy', uiPolicy());
    ctx.body = body;
    return;
  }
  const bytes = Buffer.concat(await body.toArray());
  const shell = (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
  ctx.set('Content-Security-Policy', uiPolicy(shell));
  ctx.body = bytes;
}
