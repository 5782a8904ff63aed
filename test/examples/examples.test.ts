import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from '../architecture/source-files.ts';
import { addDevice } from '../mcp-server/support/devices.ts';
import { startFrontEnd, type TestFrontEnd } from '../mcp-server/support/start-front-end.ts';

const run = promisify(execFile);

/** Runs an example as its reader would; fails when it does. */
async function runExample(front: TestFrontEnd, file: string, role: string, args: string[] = []): Promise<string> {
  const env = { ...process.env, MCP_URL: front.mcpUrl, ACCESS_TOKEN: await front.tokenOf(role) };
  const { stdout } = await run(process.execPath, [path.join(ROOT, 'examples', file), ...args], { env, cwd: ROOT });
  return stdout;
}

async function startWithRouters(): Promise<TestFrontEnd> {
  const front = await startFrontEnd();
  for (const name of ['lab-01', 'lab-02', 'lab-03']) await addDevice(front.database, name);
  return front;
}

test('read-a-router.ts reads the routers by the newest revision', async () => {
  const output = await runExample(await startWithRouters(), 'read-a-router.ts', 'viewer');
  expect(output).toMatch(/^Tools: .*get_dns_status/m);
  expect(output).toContain('3 of 3 routers: lab-01, lab-02, lab-03');
  expect(output).toContain('lab-02: 1.1.1.1');
});

test('propose-a-change.ts proposes, is refused to apply, and withdraws', async () => {
  const front = await startWithRouters();
  const output = await runExample(front, 'propose-a-change.ts', 'operator', ['lab']);
  expect(output).toMatch(/^Plan pln_\w+ is awaiting_approval, risk medium/m);
  expect(output).toContain('Applying it now: PLAN_NOT_APPROVED');
  expect(front.fleet.signals.map(({ signal }) => signal)).toEqual(['cancel']);
});

test('http-api.ts reads pages and shows a problem', async () => {
  const output = await runExample(await startWithRouters(), 'http-api.ts', 'viewer');
  expect(output).toContain('3 routers: lab-01, lab-02, lab-03');
  expect(output).toContain('lab-01: 200 {');
  expect(output).toContain('nobody: 404 DEVICE_NOT_FOUND');
});

test('an example fails when it gets no good answer', async () => {
  const front = await startFrontEnd();
  await expect(runExample(front, 'http-api.ts', 'viewer')).rejects.toThrow(/There is no router yet/);
});

test('every example is run here', async () => {
  const files = (await readdir(path.join(ROOT, 'examples'))).filter((file) => file.endsWith('.ts'));
  expect(files.toSorted()).toEqual(['http-api.ts', 'propose-a-change.ts', 'read-a-router.ts']);
});
