import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { runCli } from './support/run-cli.ts';
import { startServices, type TestServices } from './support/start-services.ts';

let platform: TestPlatform;
let services: TestServices;

beforeAll(async () => {
  platform = await startPlatform({ routers: 1 });
  services = await startServices(platform);
}, 120_000);

afterAll(async () => {
  await services?.close();
  await platform?.stop();
});

function convoy(...args: string[]): ReturnType<typeof runCli> {
  return runCli(args, { env: services.env });
}

test('the audit is verified and exported', async () => {
  const file = path.join(services.homeDir, 'audit.csv');
  const exported = await convoy('audit', 'export', '--user', 'auditor', '--format', 'csv', '--out', file);
  expect(exported).toMatchObject({ code: 0, stdout: '' });
  expect((await readFile(file, 'utf8')).split('\r\n')[0]).toMatch(/^seq,outcomeSeq,at,/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const lines = await convoy('audit', 'export', '--user', 'auditor', '--action', 'export_audit');
  expect(JSON.parse(lines.stdout.split('\n')[0] ?? '')).toMatchObject({
    actor: 'auditor@convoy.test',
    outcome: 'ok',
  });
  const verified = await convoy('audit', 'verify', '--json');
  const { ok, entries, through } = JSON.parse(verified.stdout) as {
    ok: boolean;
    entries: number;
    through: { seq: number };
  };
  expect([verified.code, ok, entries]).toEqual([0, true, through.seq]);
  const wrong = await convoy('audit', 'verify', '--anchor', `1:${'0'.repeat(64)}`);
  expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringMatching(/^BROKEN at entry 1 \(anchor\)/)]);
  const refused = await convoy('audit', 'export', '--user', 'operator');
  expect(refused.stderr).toContain('convoy: FORBIDDEN');
});

test('the audit is pruned by the owner of the tables only, and only of what is old', async () => {
  const young = await convoy('audit', 'prune', '--before', new Date().toISOString(), '--comment', 'x', '--yes');
  expect([young.code, young.stderr]).toEqual([1, expect.stringContaining('less than 365 days ago')]);
  const asked = await convoy('audit', 'prune', '--before', '2001-01-01', '--comment', 'x');
  expect(asked.stderr).toContain('NOT_CONFIRMED');
});
