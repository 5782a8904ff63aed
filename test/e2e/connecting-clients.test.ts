import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveIdentityProvider, type IdentityProvider } from '../../cli/stack/idp/server.ts';
import { generateProviderKeys } from '../../cli/stack/idp/signing-keys.ts';
import { issueCertificate } from '../../simulator/rest/certificate.ts';
import { runCli } from '../cli/support/run-cli.ts';
import { startServices, type TestServices } from '../cli/support/start-services.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { createPersonClient, type PersonClient } from './support/person-client.ts';

/** Where ChatGPT has answers sent when the provider names itself in them (RFC 9207). */
const CHATGPT_REDIRECT = 'https://chatgpt.com/connector_platform_oauth_redirect';
const PLAN = { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'], ntpServers: ['162.159.200.1'], environment: 'lab' };

let platform: TestPlatform;
let provider: IdentityProvider;
let services: TestServices;
let mcpUrl: URL;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  provider = await serveIdentityProvider({
    port: 0,
    publicUrl: 'http://127.0.0.1',
    approvalUrl: 'http://127.0.0.1',
    jwks: await generateProviderKeys(),
    cookieSecret: 'a cookie secret for a test only',
    anyLoopbackPort: true,
    // Without the provider's own dispatcher, which rightly refuses clients on this machine.
    fetchDocument: (url, init) => fetch(url, { ...init, dispatcher: undefined }),
  });
  platform = await startPlatform({ routers: 1 });
  services = await startServices(platform, { issuer: provider.issuer });
  mcpUrl = new URL(`${services.publicUrl}/mcp`);
}, 120_000);

afterAll(async () => {
  for (const close of closing) await close();
  await services?.close();
  await platform?.stop();
  await provider?.close();
});

/** A document server with a certificate that this process trusts; answers the document's address. */
async function publishDocument(redirectUri: string): Promise<string> {
  const { cert, key } = await issueCertificate('localhost', '127.0.0.1');
  setDefaultCACertificates([...getCACertificates('default'), cert]);
  const server = createServer({ cert, key }, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        client_id: address,
        client_name: 'An assistant in a chat',
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close().closeAllConnections());
  const address = `https://localhost:${(server.address() as AddressInfo).port}/oauth/client.json`;
  return address;
}

/** Connects as hosts do: tries, is sent to sign in, comes back with the answer, and tries anew. */
async function connect(authProvider: PersonClient): Promise<Client> {
  const first = new StreamableHTTPClientTransport(mcpUrl, { authProvider });
  const client = new Client({ name: 'a host', version: '1.0.0' });
  await expect(client.connect(first)).rejects.toThrow(/Unauthorized/);
  await first.finishAuth((await authProvider.answer()).get('code') ?? '');
  const transport = new StreamableHTTPClientTransport(mcpUrl, { authProvider });
  const connected = new Client({ name: 'a host', version: '1.0.0' });
  await connected.connect(transport);
  closing.push(() => connected.close());
  return connected;
}

async function devicesSeenBy(client: Pick<Client, 'callTool'>): Promise<unknown> {
  return (await client.callTool({ name: 'list_devices', arguments: {} })).structuredContent;
}

const LAB = { devices: [{ name: 'lab-01' }] };

test('a hosted assistant with a metadata document: from nothing to an answer, and on by refreshing', async () => {
  const metadataUrl = await publishDocument(CHATGPT_REDIRECT);
  const person = createPersonClient({
    user: 'operator@convoy.test',
    redirectUri: CHATGPT_REDIRECT,
    name: 'An assistant in a chat',
    metadataUrl,
  });
  const transport = () => new ModernTransport(mcpUrl, { authProvider: person as never });
  const newClient = () => new ModernClient({ name: 'ChatGPT', version: '1.0.0' });

  const first = transport();
  await expect(newClient().connect(first)).rejects.toThrow();
  const [asked] = person.sentTo;
  expect(Object.fromEntries(asked?.searchParams ?? [])).toMatchObject({
    client_id: metadataUrl,
    code_challenge_method: 'S256',
    resource: mcpUrl.href,
    redirect_uri: CHATGPT_REDIRECT,
  });
  expect(asked?.searchParams.get('scope')).toMatch(/^fleet:read( offline_access)?$/);
  const answer = await person.answer();
  expect(answer.get('iss')).toBe(provider.issuer);
  await first.finishAuth(answer);
  expect(decodeJwt(person.stored.tokens?.access_token ?? '')).toMatchObject({
    aud: mcpUrl.href,
    scope: 'fleet:read',
    client_id: metadataUrl,
    sub: 'operator@convoy.test',
  });

  const client = newClient();
  await client.connect(transport());
  closing.push(() => client.close());
  expect(await devicesSeenBy(client as never)).toMatchObject(LAB);

  // The access token is over: the host gets another without its person, and a refresh token is good once.
  const { tokens } = person.stored;
  person.stored.tokens = { ...tokens!, access_token: 'over' };
  expect(await devicesSeenBy(client as never)).toMatchObject(LAB);
  expect(person.sentTo).toHaveLength(1);
  expect(person.stored.tokens.refresh_token).not.toBe(tokens?.refresh_token);
  const again = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: metadataUrl,
      refresh_token: tokens?.refresh_token ?? '',
    }),
  });
  expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
}, 60_000);

test('a call that needs another scope sends the person to grant it, besides what they granted before', async () => {
  const redirectUri = 'http://127.0.0.1:58214/callback';
  const person = createPersonClient({ user: 'operator@convoy.test', redirectUri, name: 'T', clientId: 'convoy-mcp' });
  const transport = () => new ModernTransport(mcpUrl, { authProvider: person as never });
  const first = transport();
  await expect(new ModernClient({ name: 'a host', version: '1.0.0' }).connect(first)).rejects.toThrow();
  await first.finishAuth(await person.answer());

  const refused = transport();
  const client = new ModernClient({ name: 'a host', version: '1.0.0' });
  await client.connect(refused);
  closing.push(() => client.close());
  await expect(client.callTool({ name: 'plan_dns_ntp', arguments: PLAN })).rejects.toThrow();
  const scope = person.sentTo.at(-1)?.searchParams.get('scope');
  expect(scope?.split(' ').filter((one) => one.startsWith('fleet:'))).toEqual(['fleet:read', 'fleet:plan']);
  await refused.finishAuth(await person.answer());
  const plan = await client.callTool({ name: 'plan_dns_ntp', arguments: PLAN });
  expect(plan.structuredContent).toMatchObject({ planId: expect.stringMatching(/^pln_/), status: expect.any(String) });
}, 60_000);

test('an assistant without a document registers itself, with a loopback redirect', async () => {
  const redirectUri = 'http://localhost:41789/oauth/callback';
  const person = createPersonClient({ user: 'viewer@convoy.test', redirectUri, name: 'Another assistant' });
  const client = await connect(person);
  expect(person.stored.client?.client_id).toBeTruthy();
  expect(person.stored.client).not.toHaveProperty('client_secret');
  expect(await devicesSeenBy(client)).toMatchObject(LAB);
});

test('a native program uses any port of the registered loopback redirect', async () => {
  const redirectUri = 'http://127.0.0.1:58213/callback';
  const named = { user: 'operator@convoy.test', redirectUri, name: 'A terminal', clientId: 'convoy-mcp' };
  const client = await connect(createPersonClient(named));
  expect(await devicesSeenBy(client)).toMatchObject(LAB);
});

test('a person or a token that is revoked from the command line is refused in the open connection', async () => {
  const redirectUri = 'http://127.0.0.1:58215/callback';
  const person = createPersonClient({ user: 'viewer@convoy.test', redirectUri, name: 'T', clientId: 'convoy-mcp' });
  const client = await connect(person);
  const convoy = async (args: string[], stdin = ''): Promise<string> => {
    const run = await runCli(['access', ...args, '--user', 'admin'], { env: services.env, stdin });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    return run.stdout;
  };
  expect(await convoy(['revoke', 'viewer@convoy.test', '--comment', 'left'])).toContain('Revoked viewer@convoy.test');
  await expect(devicesSeenBy(client)).rejects.toThrow(/no access to this deployment/);
  expect(await convoy(['revoked'])).toContain('viewer@convoy.test');
  await convoy(['restore', 'viewer@convoy.test']);
  expect(await devicesSeenBy(client)).toMatchObject(LAB);

  const { access_token: token = '' } = person.stored.tokens ?? {};
  const output = await convoy(['revoke', '--token-file', '-'], `${token}\n`);
  expect(output).not.toContain(token);
  // The host gets another token by itself: the person keeps their access.
  expect(await devicesSeenBy(client)).toMatchObject(LAB);
  expect(person.stored.tokens?.access_token).not.toBe(token);
}, 60_000);

test('nobody registers a redirect to an address of their own, or clients without end', async () => {
  const register = (redirectUri: string): Promise<Response> =>
    fetch(`${provider.issuer}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }),
    });
  const foreign = await register('https://evil.example/callback');
  expect([foreign.status, await foreign.json()]).toMatchObject([400, { error: 'invalid_redirect_uri' }]);
  const statuses = new Set<number>();
  for (let count = 0; count < 21; count += 1) statuses.add((await register('http://127.0.0.1/callback')).status);
  expect([...statuses]).toEqual([201, 429]);
});
