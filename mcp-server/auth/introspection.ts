import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import { CLOCK_TOLERANCE_SECONDS, hasAudience, tokenRefused, type TokenClaims } from './access-claims.ts';
import { tokenHash } from './bearer-token.ts';
import { fetchJson } from './fetch-json.ts';
import { discoverIssuer } from './issuer-metadata.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface IntrospectionOptions {
  issuer: string;
  /** The client as which this server asks. */
  clientId: string;
  clientSecret: string;
  /** For one question. Default 2000. */
  timeoutMs?: number;
  /** Questions in a row that fail before none are asked for a while. Default 5. */
  failuresToOpen?: number;
  /** For how long none are asked then. Default 10 000. */
  openMs?: number;
  /** Of the answers' own times. Default: what time it is for all processes. */
  now?: () => number;
  /** How long an answer has been known. Default: a clock that nobody sets, unless `now` is given. */
  steadyNow?: () => number;
  /** Told when a question got no answer; the error never holds a token. */
  onFailed?: (error: unknown) => void;
}

/** Tokens that only their issuer can read (RFC 7662). */
export interface Introspection {
  /**
   * What the issuer says of a token for one of the audiences. Fails with UNAUTHORIZED for one that is not good, and with
   * SERVICE_UNAVAILABLE when the issuer does not answer: a client throws a token away that is refused.
   */
  claimsOf(token: string, audiences: readonly string[]): Promise<TokenClaims>;
}

/** How long an answer is believed. */
const GOOD_MS = 60_000;
const BAD_MS = 5_000;
/** Questions at a time. Anybody can send tokens that nobody knows, and the issuer is not to be flooded through us. */
const MOST_QUESTIONS = 50;

const Answer = z.union([
  z.looseObject({ active: z.literal(false) }),
  z.looseObject({
    active: z.literal(true),
    iss: z.string().optional(),
    sub: z.string().optional(),
    aud: z.union([z.string(), z.array(z.string())]).optional(),
    exp: z.number().optional(),
    nbf: z.number().optional(),
    iat: z.number().optional(),
    token_type: z.string().optional(),
    typ: z.string().optional(),
    email: z.string().optional(),
    name: z.string().optional(),
    client_id: z.string().optional(),
    azp: z.string().optional(),
    jti: z.string().optional(),
  }),
]);
type Answer = z.infer<typeof Answer>;
type ActiveToken = Extract<Answer, { active: true }>;

interface Known {
  answer: Answer;
  /** Until when it is believed, on the steady clock. */
  until: number;
}

/** Asks the issuer once for however many requests come with one token, and not at all while it does not answer. */
export function createIntrospection(options: IntrospectionOptions): Introspection {
  const { issuer, timeoutMs = 2000 } = options;
  const now = options.now ?? currentMs;
  const steadyNow = options.steadyNow ?? options.now ?? (() => performance.now());
  const known = new LRUCache<string, Known>({ max: 10_000 });
  const asking = new Map<string, Promise<Answer>>();
  const breaker = createBreaker(options.failuresToOpen ?? 5, options.openMs ?? 10_000, steadyNow);
  let endpoint: string | null = null;

  async function askIssuer(token: string): Promise<Answer> {
    endpoint ??= await endpointOf(issuer, timeoutMs);
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
    return Answer.parse(await fetchJson(endpoint, { timeoutMs, form, headers: { authorization: basic(options) } }));
  }

  async function ask(token: string, key: string): Promise<Answer> {
    breaker.enter();
    try {
      const answer = await askIssuer(token);
      breaker.succeeded();
      known.set(key, { answer, until: steadyNow() + believedMs(answer, now()) });
      return answer;
    } catch (error) {
      breaker.failed();
      options.onFailed?.(error);
      throw unavailable(5, error);
    }
  }

  async function answerOf(token: string): Promise<Answer> {
    const key = tokenHash(token);
    const before = known.get(key);
    if (before !== undefined && before.until > steadyNow()) return before.answer;
    let question = asking.get(key);
    if (question === undefined) {
      if (asking.size >= MOST_QUESTIONS) throw unavailable(1, null);
      question = ask(token, key).finally(() => asking.delete(key));
      asking.set(key, question);
    }
    return question;
  }

  return {
    async claimsOf(token, audiences) {
      const answer = await answerOf(token);
      if (!answer.active) throw tokenRefused('its issuer says that it is not active');
      return checked(answer, issuer, audiences, now());
    },
  };
}

async function endpointOf(issuer: string, timeoutMs: number): Promise<string> {
  const { introspection_endpoint: endpoint } = await discoverIssuer(issuer, timeoutMs);
  if (endpoint === undefined) throw new Error(`the metadata of issuer ${issuer} names no introspection_endpoint`);
  return endpoint;
}

function believedMs(answer: Answer, nowMs: number): number {
  if (!answer.active) return BAD_MS;
  return Math.min(GOOD_MS, answer.exp === undefined ? Infinity : answer.exp * 1000 - nowMs);
}

/** What RFC 7662 leaves to whoever asks: issuer, audience, kind and times. */
function checked(answer: ActiveToken, issuer: string, audiences: readonly string[], nowMs: number): TokenClaims {
  const seconds = nowMs / 1000;
  const { active: _, iss = issuer, aud = [], exp = seconds + GOOD_MS / 1000, iat = 0, ...rest } = answer;
  const claims = { ...rest, iss, aud, exp, iat };
  if (iss !== issuer) throw tokenRefused('its claim "iss" is not as required');
  if (!hasAudience(claims, audiences)) throw tokenRefused('its claim "aud" is not as required');
  if (exp + CLOCK_TOLERANCE_SECONDS <= seconds) throw tokenRefused('it has expired');
  if (Math.max(answer.nbf ?? 0, iat) > seconds + CLOCK_TOLERANCE_SECONDS) throw tokenRefused('it is from the future');
  if (Object.hasOwn(answer, 'cnf'))
    throw tokenRefused('it is bound to a key and cannot be used as a plain bearer token');
  // Issuers call refresh tokens active too; only of access tokens they name this type.
  const type = answer.token_type ?? answer.typ;
  if (type?.toLowerCase() !== 'bearer') throw tokenRefused('it is not an access token');
  return claims;
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are put together. */
function basic({ clientId, clientSecret }: IntrospectionOptions): string {
  const encoded = [clientId, clientSecret].map((part) => new URLSearchParams([['', part]]).toString().slice(1));
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
}

interface Breaker {
  /** Fails with SERVICE_UNAVAILABLE while nothing is to be asked. */
  enter(): void;
  succeeded(): void;
  failed(): void;
}

/** After so many failures in a row nothing is asked for a while; then one question is tried at a time. */
function createBreaker(failuresToOpen: number, openMs: number, now: () => number): Breaker {
  let failures = 0;
  let silentUntil = 0;
  return {
    enter() {
      const leftMs = silentUntil - now();
      if (leftMs > 0) throw unavailable(Math.ceil(leftMs / 1000), null);
      if (failures >= failuresToOpen) silentUntil = now() + openMs;
    },
    succeeded() {
      failures = 0;
      silentUntil = 0;
    },
    failed() {
      failures += 1;
      if (failures >= failuresToOpen) silentUntil = now() + openMs;
    },
  };
}

function unavailable(retryAfterSeconds: number, cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', {
    message: 'The identity provider cannot be asked about the token.',
    hint: 'Wait a few seconds and repeat the call with the same token.',
    details: { retryAfterSeconds },
    cause,
  });
}
