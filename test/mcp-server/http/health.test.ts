import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { ulid } from 'ulid';
import { MIGRATIONS } from '../../../shared/platform/persistence/migrations/index.ts';
import { CONVOY_VERSION } from '../../../shared/platform/process/version.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

describe('readiness', () => {
  it('names every dependency, and is 200 when all answer', async () => {
    const front = await startFrontEnd();
    const response = await fetch(`${front.url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ready',
      version: CONVOY_VERSION,
      dependencies: {
        database: { status: 'ok', schema: MIGRATIONS.at(-1)?.name },
        temporal: { status: 'ok' },
        identityProvider: { status: 'ok', keysReadSecondsAgo: expect.any(Number) },
        keyring: { status: 'ok' },
      },
    });
  });

  it('is 503 and says which one is down, without its own words', async () => {
    const front = await startFrontEnd();
    front.fleet.answers.ping = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    front.database.condition = () => Promise.reject(new Error('password authentication failed for user convoy'));
    front.issuer.outage(500);
    const response = await fetch(`${front.url}/readyz`);
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      status: 'not_ready',
      dependencies: {
        database: { status: 'down', code: 'INTERNAL_ERROR' },
        temporal: { status: 'down', code: 'SERVICE_UNAVAILABLE' },
        identityProvider: { status: 'down', code: 'SERVICE_UNAVAILABLE' },
      },
    });
    expect(text).not.toContain('password');
    expect((await fetch(`${front.url}/healthz`)).status).toBe(200);
  });

  it('is 200 and says why while the database takes no writes, and while a master key is missing', async () => {
    const front = await startFrontEnd();
    front.database.condition = async () => ({ isReadOnly: true, schema: '0001-first-tables' });
    front.database.secrets.counts = async () => [{ place: 'credentials', keyId: 'lost', count: 3 }];
    const response = await fetch(`${front.url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ready',
      dependencies: {
        database: { status: 'degraded', message: expect.stringContaining('read-only') },
        keyring: { status: 'degraded', message: expect.stringContaining('convoy key status') },
      },
    });
  });

  it('is 503 while the process drains, so that nobody new is sent here', async () => {
    const front = await startFrontEnd();
    front.draining.abort();
    const response = await fetch(`${front.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'draining' });
  });
});

describe('the front page', () => {
  it('says what this is, and allows nothing to be loaded from elsewhere', async () => {
    const front = await startFrontEnd();
    const response = await fetch(front.url);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const page = await response.text();
    expect(page).toContain(front.mcpUrl);
    expect(page).toContain(front.approvalUrl);
  });

  it('leads from a plan to the page where people decide', async () => {
    const front = await startFrontEnd();
    const planId = `pln_${ulid()}`;
    const response = await fetch(`${front.url}/plans/${planId}`, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`${front.approvalUrl}/plans/${planId}`);
    expect((await fetch(`${front.url}/plans/nonsense`, { redirect: 'manual' })).status).toBe(404);
  });
});

it('measures requests by route pattern and operations by name, never by device or person', async () => {
  const front = await startFrontEnd();
  const authorization = `Bearer ${await front.tokenOf('viewer')}`;
  await fetch(`${front.apiUrl}/devices/lab-77`, { headers: { authorization } });
  await fetch(`${front.url}/any/thing`);
  const text = await front.metrics.registry.metrics();
  expect(text).toContain('route="/api/v1/devices/:deviceId"');
  expect(text).toContain('convoy_calls_refused_total{surface="http",code="DEVICE_NOT_FOUND"} 1');
  expect(text).toContain('route="none"');
  expect(text).not.toMatch(/lab-77|viewer@|\/any\/thing/);
});
