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

async function convoy(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli([...args, '--user', 'operator'], { env: services.env });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('convoy:')]);
  return stdout;
}

async function editByHand(path: string, set: Record<string, string>): Promise<void> {
  await fetch(`${platform.simulator.controlUrl}/devices/lab-01/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path, set }),
  });
}

test('a baseline is set, what differs from it is listed, expected for a while, and proposed to be put back', async () => {
  const unset = await runCli(['drift', 'check', 'lab-01', '--user', 'operator'], { env: services.env });
  expect([unset.code, unset.stderr]).toEqual([1, expect.stringContaining('BASELINE_NOT_FOUND')]);
  await convoy('snapshot', 'take', 'lab-01');
  expect(await convoy('drift', 'baseline', 'lab-01', '--comment', 'as built')).toMatch(
    /^lab-01 should be as snp_\w{26} of \S+: \d+ objects\.\n$/,
  );
  expect(await convoy('drift', 'check', 'lab-01')).toBe(
    'lab-01: 0 objects are not as the baseline says, 0 of them news; 0 are so again.\n',
  );

  await editByHand('/ip/dns', { servers: '192.0.2.99' });
  await editByHand('/system/clock', { 'time-zone-name': 'Europe/Riga' });
  const checked = await convoy('drift', 'check', 'lab-01');
  expect(checked).toMatch(/^lab-01: 2 objects are not as the baseline says, 2 of them news; 0 are so again\.\n/);
  expect(checked).toMatch(/^drf_\w{26} ~ lab-01 \/ip\/dns: servers ("[^"]*"|not set) → "192\.0\.2\.99"/m);
  const ids = Object.fromEntries(
    [...checked.matchAll(/^(drf_\w{26}) . lab-01 (\S+):/gm)].map(([, driftId, menu]) => [menu, driftId]),
  ) as Record<string, string>;

  const made = await convoy('drift', 'remediate', 'lab-01', '--comment', 'as before');
  expect(made).toMatch(/^pln_\w{26} \(dns_ntp\) puts 1 objects back\. See: convoy plan show pln_\w{26}\n/);
  expect(made).toContain('not put back: /system/clock');

  const until = new Date(Date.now() + 3_600_000).toISOString();
  const expected = ['--reason', 'they moved', '--until', until];
  const acknowledged = await convoy('drift', 'acknowledge', 'lab-01', ids['/system/clock'] ?? '', ...expected);
  expect(acknowledged).toContain(`(expected until ${until}: "they moved")`);
  expect(await convoy('drift', 'list', 'lab-01')).toMatch(/^drf_\w{26} ~ lab-01 \/ip\/dns: .*\n$/);
  expect(await convoy('drift', 'list', '--state', 'acknowledged')).toContain('/system/clock');
  const late = ['--reason', 'too late', '--until', '2020-01-01T00:00:00Z'];
  const refused = await runCli(
    ['drift', 'acknowledge', 'lab-01', ids['/ip/dns'] ?? '', ...late, '--user', 'operator'],
    { env: services.env },
  );
  expect(refused.stderr).toContain('VALIDATION_ERROR');
}, 120_000);
