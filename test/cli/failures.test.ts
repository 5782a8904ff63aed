import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from './support/run-cli.ts';

async function emptyHome(): Promise<string> {
  const home = await mkdtemp(path.join(tmpdir(), 'convoy-cli-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

test.each([
  ['plan', 'list', '--user', 'operator'],
  ['device', 'list', '--user', 'operator'],
  ['status'],
  ['tour'],
  ['migrate'],
])('%s without a running stack says how to start one', async (...args) => {
  const { code, stdout, stderr } = await runCli(args, { env: { CONVOY_HOME: await emptyHome() } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^convoy: STACK_NOT_RUNNING: no stack runs here: .*start one with npm start\n$/);
});

test('doctor goes through every part and says what to do about each that is missing', async () => {
  const { code, stdout } = await runCli(['doctor'], { env: { CONVOY_HOME: await emptyHome() } });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok {4}Node\.js/m);
  for (const part of ['PostgreSQL', 'Temporal', 'identity provider', 'web process', 'approval gateway']) {
    expect(stdout).toMatch(new RegExp(`^FAIL  ${part} .*\n.*→ .*CONVOY_`, 'm'));
  }
});

test('doctor names the setting that is wrong', async () => {
  const env = { CONVOY_HOME: await emptyHome(), CONVOY_POSTGRES_ULR: 'x' };
  const { stdout } = await runCli(['doctor', '--json'], { env });
  const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; sentence: string }[] };
  expect(checks.find(({ name }) => name === 'settings')).toMatchObject({
    ok: false,
    sentence: expect.stringContaining(
      'CONVOY_POSTGRES_ULR is not a variable Convoy knows. Did you mean CONVOY_POSTGRES_URL?',
    ),
  });
});

test('a stack file of something else is not believed', async () => {
  const home = await emptyHome();
  await writeFile(path.join(home, 'stack.json'), '{"mcpUrl":1}');
  const { code, stderr } = await runCli(['status'], { env: { CONVOY_HOME: home } });
  expect(code).toBe(1);
  expect(stderr).toContain('convoy: STACK_FILE_INVALID: ');
});

test('an unknown variable is refused before anything is done', async () => {
  const env = { CONVOY_HOME: await emptyHome(), CONVOY_PUBLIC_ULR: 'http://127.0.0.1:1' };
  const { code, stderr } = await runCli(['plan', 'list'], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('INVALID_CONFIGURATION');
  expect(stderr).toContain('CONVOY_PUBLIC_ULR');
});

test('an address that is none is refused by the name of its flag', async () => {
  const env = { CONVOY_HOME: await emptyHome() };
  const { stderr } = await runCli(['plan', 'list', '--url', 'convoy.example/x'], { env });
  expect(stderr).toContain('VALIDATION_ERROR: --url is "convoy.example/x"; allowed is an http(s) URL without a path.');
});

test('the password of embedded users is not offered to other identity providers', async () => {
  const env = { CONVOY_HOME: await emptyHome() };
  const args = ['plan', 'list', '--user', 'operator', '--url', 'https://convoy.example'];
  const { stderr } = await runCli([...args, '--approval-url', 'https://a.example', '--issuer', 'https://idp.example'], {
    env,
  });
  expect(stderr).toContain('--user is for the embedded identity provider; https://idp.example is not it.');
});

test('an issuer that the platform names is the one people sign in at', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ authorization_servers: ['http://127.0.0.1:9'] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { CONVOY_HOME: await emptyHome() };
  const { code, stderr } = await runCli(['plan', 'list', '--url', url, '--approval-url', url], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('LOGIN_FAILED: The identity provider at http://127.0.0.1:9 does not answer.');
  expect(asked).toEqual(['/.well-known/oauth-protected-resource/mcp']);
});

test.each([
  ['up', '--fleet', '-1'],
  ['up', '--fleet', '100000'],
  ['device', 'add', 'x', '--host', 'h', '--environment', 'lab', '--username', 'u', '--allow', 'allowEverything'],
])('refuses an option value that cannot be: %s %s', async (...args) => {
  const { code, stderr } = await runCli(args, { env: { CONVOY_HOME: await emptyHome() } });
  expect(code).toBe(1);
  expect(stderr).toContain('is invalid');
});

test('a mistyped command is answered with the one that was meant', async () => {
  const { code, stderr } = await runCli(['statsu']);
  expect(code).toBe(1);
  expect(stderr).toContain('Did you mean status?');
});

test('simulator passes its flags on', async () => {
  const { code, stdout } = await runCli(['simulator', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--routers N');
});

test('simulator has a --version of its own', async () => {
  const { code, stderr } = await runCli(['simulator', '--routers', '1', '--version', '6.49']);
  expect(code).toBe(1);
  expect(stderr).toContain('--version: a RouterOS 7 version such as 7.20.8');
});

test('says which version it is', async () => {
  const { code, stdout } = await runCli(['--version'], { env: { CONVOY_HOME: await emptyHome() } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
