import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { runCli } from './support/run-cli.ts';
import { startServices, type TestServices } from './support/start-services.ts';

let platform: TestPlatform;
let services: TestServices;

beforeAll(async () => {
  platform = await startPlatform({ routers: 2 });
  services = await startServices(platform);
}, 120_000);

afterAll(async () => {
  await services?.close();
  await platform?.stop();
});

async function convoy(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { env: services.env });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('convoy:')]);
  return stdout;
}

test('configurations are taken, listed, shown, compared and pruned', async () => {
  const operator = ['--user', 'operator'];
  const before = await convoy('snapshot', 'take', 'lab-01', '--comment', 'before', ...operator);
  expect(before).toMatch(/^snp_\w{26}: \d+ lines, the first one\.\n$/);
  expect(await convoy('snapshot', 'diff', 'lab-01', 'lab-01', ...operator)).toBe('');
  await fetch(`${platform.simulator.controlUrl}/devices/lab-01/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: '/ip/dns', set: { servers: '192.0.2.99' } }),
  });
  const after = await convoy('snapshot', 'take', 'lab-01', ...operator);
  expect(after).toContain('other than the one before');
  await convoy('snapshot', 'take', 'lab-02', ...operator);

  const listed = await convoy('snapshot', 'list', 'lab-01', ...operator);
  expect(
    listed
      .split('\n')
      .slice(1, 3)
      .map((line) => line.split(' ')[0]),
  ).toEqual([after, before].map((text) => text.split(':')[0]));
  expect(await convoy('snapshot', 'show', 'lab-01', '--menu', '/ip/dns', ...operator)).toMatch(
    /^\/ip dns set .*servers=192\.0\.2\.99/m,
  );
  const shown = await convoy('snapshot', 'show', 'lab-01', '--objects', '--menu', '/ip/dns', ...operator);
  expect(shown).toMatch(/^\/ip\/dns\n {2}\(settings\): .*servers="192\.0\.2\.99"/);
  const lines = await convoy('snapshot', 'diff', 'lab-01', '--context', '0', ...operator);
  expect(lines).toMatch(/^@@ .*\n-\/ip dns set .*\n\+\/ip dns set .*servers=192\.0\.2\.99/);
  const objects = await convoy('snapshot', 'diff', 'lab-01', '--objects', ...operator);
  expect(objects).toMatch(/^~ \/ip\/dns: servers ("[^"]*"|not set) → "192\.0\.2\.99"\n$/);
  const others = await convoy('snapshot', 'diff', 'lab-02', 'lab-01', '--json', '--objects', ...operator);
  const { from, to, differences } = JSON.parse(others) as Record<string, { deviceName: string }> & {
    differences: { menu: string }[];
  };
  expect([from?.deviceName, to?.deviceName]).toEqual(['lab-02', 'lab-01']);
  expect(differences.map(({ menu }) => menu)).toContain('/system/identity');

  const limits = ['--keep-days', '30', '--keep-count', '1', '--comment', 'room'];
  expect(await convoy('snapshot', 'prune', ...limits, '--dry-run')).toBe('1 snapshots would be removed.\n');
  expect(await convoy('snapshot', 'prune', ...limits, '--yes')).toBe(
    'Removed 1 snapshots, and 1 texts that no other has.\n',
  );
  expect(await platform.database.audit.list({ limit: 5, action: 'snapshots_pruned' })).toMatchObject([
    { outcome: 'ok', via: 'cli', arguments: { comment: 'room' }, details: { snapshots: 1, texts: 1 } },
  ]);
  const asked = await runCli(['snapshot', 'prune', ...limits], { env: services.env });
  expect(asked.stderr).toContain('NOT_CONFIRMED');
}, 120_000);
