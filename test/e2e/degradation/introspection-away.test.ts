import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { loginAs } from '../../../cli/stack/login-as.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startOwnStack, type OwnStack } from './support/own-stack.ts';

/** Of the identity provider only the looking up of tokens is away; whatever else it serves goes on. */
type Fault = 'none' | 'cut off' | 'silent' | 'failing';

const CLIENT = { clientId: 'convoy-web', clientSecret: 'known to both' };
let stack: OwnStack;
let fault: Fault = 'none';
/** Tokens that the provider was asked about while it had a fault. */
let questions = 0;

beforeAll(async () => {
  stack = await startOwnStack({
    env: {
      CONVOY_OIDC_INTROSPECTION_CLIENT_ID: CLIENT.clientId,
      CONVOY_OIDC_INTROSPECTION_SECRET: CLIENT.clientSecret,
    },
    routers: 0,
    kinds: ['web'],
    provider: { introspection: { ...CLIENT, opaqueFor: ['convoy-mcp'] }, intercept },
  });
}, 400_000);
afterEach(() => {
  fault = 'none';
});
afterAll(() => stack?.stop());

function intercept(request: IncomingMessage, response: ServerResponse): boolean {
  if (fault === 'none' || request.url !== '/token/introspection') return false;
  questions += 1;
  if (fault === 'cut off') request.socket.destroy();
  if (fault === 'failing') response.writeHead(500).end();
  return true;
}

interface Answer {
  status: number;
  retryAfterSeconds: number;
  body: Record<string, unknown>;
}

async function call(token: string, path = '/devices', body?: object): Promise<Answer> {
  const response = await fetch(`${stack.publicUrl}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  return {
    status: response.status,
    retryAfterSeconds: Number(response.headers.get('retry-after')),
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** An access token that says nothing by itself. */
async function opaque(user: string): Promise<string> {
  const { accessToken } = await loginAs({
    issuer: stack.issuer,
    clientId: 'convoy-mcp',
    user: `${user}@convoy.test`,
    scope: 'openid email fleet:read',
    resource: `${stack.publicUrl}/mcp`,
  });
  expect(accessToken).not.toContain('.');
  return accessToken;
}

const jwt = (user: string, scope: string) => stack.tokenOf(user, `${stack.publicUrl}/api/v1`, scope);

/** The breaker of the web process lets a question through every ten seconds at first. */
const untilGood = (token: string) =>
  waitUntil('the token to be good again', async () => (await call(token)).status === 200, {
    timeoutMs: 60_000,
    everyMs: 250,
  });

const UNAVAILABLE = {
  status: 503,
  body: {
    code: 'SERVICE_UNAVAILABLE',
    retryable: true,
    message: 'The identity provider cannot be asked about the token.',
  },
};
const REFUSED = { status: 401, body: { code: 'UNAUTHORIZED' } };

it('tokens that cannot be looked up are neither good nor wrong, others are as good as ever, and all is well again by itself', async () => {
  const seen = await opaque('viewer');
  const unseen = await opaque('operator');
  const withdrawn = await opaque('operator');
  const late = await opaque('operator');
  const [operator, admin] = await Promise.all([jwt('operator', 'fleet:read'), jwt('admin', 'fleet:read fleet:admin')]);
  expect(await call(seen)).toMatchObject({ status: 200 });
  expect(await call('nobody-knows-it')).toMatchObject(REFUSED);

  fault = 'cut off';
  // What the provider said is believed for a minute, unless Convoy itself was told otherwise.
  expect(await call(seen)).toMatchObject({ status: 200 });
  const revoked = { kind: 'user', subject: 'viewer@convoy.test', comment: 'gone' };
  expect(await call(admin, '/access/revocations', revoked)).toMatchObject({ status: 200 });
  expect(await call(seen)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  // Nobody is let in unproven, and nobody is told to throw a good token away.
  for (const token of [unseen, withdrawn, 'unheard-of', unseen, withdrawn]) {
    expect(await call(token)).toMatchObject({ ...UNAVAILABLE, retryAfterSeconds: 5 });
  }
  expect(questions).toBe(5);
  const spared = await call(unseen);
  expect(spared).toMatchObject(UNAVAILABLE);
  expect(spared.retryAfterSeconds).toBeGreaterThan(0);
  expect(questions).toBe(5);
  expect(await call(operator)).toMatchObject({ status: 200 });
  await withdraw(withdrawn);
  fault = 'none';
  await untilGood(unseen);
  expect(await call(withdrawn)).toMatchObject(REFUSED);
  expect(await call('unheard-of')).toMatchObject(REFUSED);

  fault = 'failing';
  expect(await call(late)).toMatchObject({ ...UNAVAILABLE, retryAfterSeconds: 5 });
  expect(await call(operator)).toMatchObject({ status: 200 });
  fault = 'none';
  expect(await call(late)).toMatchObject({ status: 200 });
  await nothingIsInTheLog([seen, unseen, withdrawn, late, operator]);
}, 180_000);

it('a provider that says nothing holds up only those it is asked about, and is not flooded', async () => {
  const [operator, opaqueOne] = await Promise.all([jwt('operator', 'fleet:read'), opaque('operator')]);
  questions = 0;
  fault = 'silent';
  const flood = Promise.all(Array.from({ length: 60 }, (_, index) => call(`unheard-of-${index}`)));
  await waitUntil('the provider to be asked', () => questions > 0);
  for (let count = 0; count < 5; count += 1) expect(await call(operator)).toMatchObject({ status: 200 });
  for (const answer of await flood) expect(answer).toMatchObject(UNAVAILABLE);
  expect(questions).toBeLessThanOrEqual(50);
  expect(await call(opaqueOne)).toMatchObject(UNAVAILABLE);
  fault = 'none';
  await untilGood(opaqueOne);
  expect(stack.services.filter((service) => service.hasExited())).toEqual([]);
}, 180_000);

/** At the provider, which goes on with everything but telling. */
async function withdraw(token: string): Promise<void> {
  const form = new URLSearchParams({ token, client_id: 'convoy-mcp' });
  const { status } = await fetch(`${stack.issuer}/token/revocation`, { method: 'POST', body: form });
  expect(status).toBe(200);
}

async function nothingIsInTheLog(tokens: readonly string[]): Promise<void> {
  const log = await readFile(stack.services[0]?.logFile ?? '', 'utf8');
  expect(log).toContain('identity provider did not say what a token is');
  for (const token of tokens) expect(log.includes(token)).toBe(false);
  expect(log).not.toContain(CLIENT.clientSecret);
}
