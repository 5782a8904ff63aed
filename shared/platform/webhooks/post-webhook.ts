import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { isPrivateAddress, namesPrivateHost } from './private-address.ts';
import { signatureHeaders } from './sign-webhook.ts';
import type { WebhookEndpoint } from './webhook-file.ts';
import { currentMs } from '../process/platform-clock.ts';

/** Connecting, and then the head of the answer, each. */
const TIMEOUT_MS = 10_000;
/** What an endpoint answers is not looked at; so much is taken from it, so that the connection can be used again. */
const ANSWER_BYTES = 16_384;

/** Why an endpoint on a private address is not told. */
export const PRIVATE_ADDRESS = 'it is on a private address, and "allowPrivateAddress" is not set';

/** `failed`: nothing came back; `why` is a short text without anything of the answer. */
export type PostResult =
  | { is: 'answered'; status: number; retryAfterSeconds: number | null }
  | { is: 'failed'; why: string; isPrivate?: true };

/** Posts a signed event. Follows no redirect, and connects to no address that the endpoint is not allowed to have. */
export async function postWebhook(
  { url, keys, allowPrivateAddress }: Pick<WebhookEndpoint, 'url' | 'keys' | 'allowPrivateAddress'>,
  { eventId, body }: { eventId: string; body: string },
  timeoutMs = TIMEOUT_MS,
): Promise<PostResult> {
  if (!allowPrivateAddress && namesPrivateHost(new URL(url))) {
    return { is: 'failed', why: PRIVATE_ADDRESS, isPrivate: true };
  }
  const connect = { timeout: timeoutMs, ...(allowPrivateAddress ? {} : { lookup: publicLookup }) };
  const dispatcher = new Agent({ connect, pipelining: 0 });
  try {
    const timestamp = Math.floor(currentMs() / 1000);
    const answer = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Convoy-Webhooks',
        ...signatureHeaders({ eventId, timestamp, body, keys }),
      },
      body,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      dispatcher,
    });
    // The status is known already; an answer that ends badly changes nothing.
    await answer.body.dump({ limit: ANSWER_BYTES, signal: AbortSignal.timeout(timeoutMs) }).catch(() => undefined);
    return { is: 'answered', status: answer.statusCode, retryAfterSeconds: secondsOf(answer.headers['retry-after']) };
  } catch (error) {
    const isPrivate = causes(error).some((one) => one instanceof PrivateAddressError);
    return isPrivate
      ? { is: 'failed', why: PRIVATE_ADDRESS, isPrivate: true }
      : { is: 'failed', why: `no answer (${codeOf(error)})` };
  } finally {
    await dispatcher.destroy();
  }
}

class PrivateAddressError extends Error {}

/** Resolves a name right where it is connected to, so that a second answer of the DNS cannot lead elsewhere. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const [first] = found ?? [];
    if (error !== null) done(error, '', 0);
    else if (first === undefined || found.some(({ address }) => isPrivateAddress(address))) {
      done(new PrivateAddressError(), '', 0);
    } else if (options.all === true) done(null, found);
    else done(null, first.address, first.family);
  });
};

function causes(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [error];
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...inner.flatMap(causes), ...(error.cause === undefined ? [] : causes(error.cause))];
}

/** Such as ECONNREFUSED: a name, never a text that the other side chose. */
function codeOf(error: unknown): string {
  const coded = causes(error).find((one): one is Error & { code: string } => {
    return one instanceof Error && 'code' in one && typeof one.code === 'string';
  });
  return coded?.code ?? 'no reason given';
}

function secondsOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : null;
}
