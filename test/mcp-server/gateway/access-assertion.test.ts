import { exportJWK, generateKeyPair, SignJWT, createLocalJWKSet } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCloudflareAccess } from '../../../mcp-server/auth/cloudflare-access.ts';
import { gatewayAccessOf } from '../../../mcp-server/auth/identity-rules.ts';
import { openDatabase, type Database } from '../../../shared/platform/persistence/database.ts';
import { migratedDatabase } from '../../support/database.ts';
import { freshNamespace } from '../../support/temporal.ts';
import { tokenFor } from '../../support/tokens.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';
import { signedInAt } from './support/ui-requests.ts';

const ISSUER = 'https://team.cloudflareaccess.com';
const AUDIENCE = 'c'.repeat(64);
const HEADER = 'cf-access-jwt-assertion';

let database: Database;
let gateway: RunningGateway;
let namespace: string;
let assertion: (claims: Record<string, unknown>) => Promise<Record<string, string>>;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const find = createLocalJWKSet({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'cf-1', alg: 'RS256', use: 'sig' }],
  });
  assertion = async (claims) => {
    const jwt = new SignJWT({ type: 'app', ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'cf-1' });
    const about = { iss: ISSUER, aud: AUDIENCE, ...claims };
    const signed = jwt.setIssuer(about.iss).setAudience(about.aud).setIssuedAt().setExpirationTime('5m');
    return { [HEADER]: await signed.sign(privateKey) };
  };
  const [own, made] = await Promise.all([freshNamespace(), migratedDatabase()]);
  namespace = own;
  database = await openDatabase({ url: made.url, poolMax: 3 });
  const cloudflareAccess = createCloudflareAccess({
    mode: 'required',
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: { find },
    scopes: [],
    isMappedService: () => false,
    revocations: { refuseToken: () => Promise.resolve() },
  });
  gateway = await startGateway({ namespace, database, cloudflareAccess });
}, 60_000);

afterAll(async () => {
  await gateway?.close();
  await database?.close();
});

test('a session shows something only together with an assertion of the same person', async () => {
  const browser = await signedInAt(gateway.url, 'approver');
  const page = `${gateway.url}/api/v1/namespaces/${namespace}/workflows`;
  const statusWith = async (headers: Record<string, string>): Promise<number> =>
    (await browser.open(page, headers)).status;
  expect(await statusWith(await assertion({ email: 'Approver@Convoy.Test' }))).toBe(200);
  expect(await statusWith({})).toBe(403);
  expect(await statusWith(await assertion({ email: 'operator@convoy.test' }))).toBe(403);
  expect(await statusWith(await assertion({ common_name: 'agent.access' }))).toBe(403);
  expect(await statusWith(await assertion({ email: 'approver@convoy.test', aud: 'd'.repeat(64) }))).toBe(403);
  // The browser's own cookie of that name is nothing: any page could have it sent.
  browser.cookies.set('CF_Authorization', (await assertion({ email: 'approver@convoy.test' }))[HEADER] ?? '');
  expect(await statusWith({})).toBe(403);
  const refused = (await database.audit.list({ limit: 50 })).filter(({ code }) => code === 'FORBIDDEN');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ actor: 'approver@convoy.test', outcome: 'refused' });
});

test('a token decides only together with an assertion of the same person', async () => {
  const token = await tokenFor('approver', { resource: gateway.url });
  const answerWith = async (headers: Record<string, string>): Promise<number> => {
    const response = await fetch(`${gateway.url}/approvals/v1/plans/pln_01M85XEKJ8RPDVVYVA0F3WHW0J/reject`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ digest: 'a'.repeat(64), comment: 'x' }),
    });
    return response.status;
  };
  expect(await answerWith({})).toBe(403);
  expect(await answerWith(await assertion({ email: 'operator@convoy.test' }))).toBe(403);
  // Past the assertion: there is no such plan.
  expect(await answerWith(await assertion({ email: 'approver@convoy.test' }))).toBe(404);
});

test('the application of the gateway takes the team, and is looked for nowhere else', () => {
  const config = { cloudflareAccessTeam: 'team', cloudflareAccessGatewayAudience: AUDIENCE };
  expect(gatewayAccessOf(config)).toEqual({ issuer: ISSUER, audience: AUDIENCE });
  expect(gatewayAccessOf({ ...config, cloudflareAccessGatewayAudience: undefined })).toBeUndefined();
  expect(() => gatewayAccessOf({ ...config, cloudflareAccessTeam: undefined })).toThrow(
    /needs CONVOY_CLOUDFLARE_ACCESS_TEAM/,
  );
});
