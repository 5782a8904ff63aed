import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

type Run = { readonly child: ChildProcess; readonly output: () => string; readonly errors: () => string };

function run(args: readonly string[], env: Record<string, string> = {}, ipc = false): Run {
  const stdio = ['ignore', 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])] as const;
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env }, stdio: [...stdio] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  return { child, output: () => text.out, errors: () => text.err };
}

const ended = async ({ child }: Run): Promise<unknown> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
};

const ready = async (started: Run): Promise<void> => {
  await expect.poll(() => started.output(), { timeout: 10_000 }).toContain('\n');
};

test('with --json it prints one line when ready, serves, and ends cleanly on SIGTERM', async () => {
  const started = run(['--routers', '2', '--http', '--json', '--version', '7.16.2'], { SIMULATOR_PASSWORD: 'secret' });
  await ready(started);
  const { controlUrl, devices } = JSON.parse(started.output()) as {
    controlUrl: string;
    devices: { name: string; restPort: number; password: string; version: string }[];
  };
  expect(started.output().trimEnd()).not.toContain('\n');
  expect(devices).toMatchObject([
    { name: 'lab-01', host: '127.0.0.1', version: '7.16.2', user: 'convoy', password: 'secret', fingerprint: '' },
    { name: 'lab-02' },
  ]);
  expect((await fetch(`${controlUrl}/devices`)).status).toBe(200);
  const headers = { authorization: `Basic ${Buffer.from('convoy:secret').toString('base64')}` };
  const reply = await fetch(`http://127.0.0.1:${devices[1]?.restPort}/rest/system/identity`, { headers });
  expect(await reply.json()).toEqual({ name: 'lab-02' });
  started.child.kill('SIGTERM');
  expect(await ended(started)).toBe(0);
  expect(started.errors()).toBe('');
});

test('it ends when the process that started it goes away', async () => {
  const started = run(['--routers', '1', '--http', '--json'], {}, true);
  await ready(started);
  started.child.disconnect();
  expect(await ended(started)).toBe(0);
});

test('without --json it prints a table', async () => {
  const started = run(['--routers', '1', '--name-prefix', 'edge', '--password', 'secret', '--profile', 'hap-ax2']);
  await ready(started);
  expect(started.output()).toMatch(
    /^NAME +REST +SSH +VERSION +MODEL +USER +PASSWORD\nedge-01 +https:\/\/127\.0\.0\.1:\d+\/rest +\d+ /,
  );
  expect(started.output()).toMatch(/hAP ax\^2 +convoy +secret\n\nControl API: http:\/\/127\.0\.0\.1:\d+\/devices/);
  started.child.kill('SIGINT');
  expect(await ended(started)).toBe(0);
});

test.for([
  [['--routers', '0'], '--routers: '],
  [['--profile', 'toaster'], '--profile: '],
  [['--version', '6.49'], '--version: a RouterOS 7 version such as 7.20.8'],
  [['--router', '3'], "Unknown option '--router'"],
  [['--first-rest-port', '65535', '--routers', '3'], '--first-rest-port: the last router would be above port 65535'],
] as const)('the flags %j are refused in a sentence that names the flag', async ([args, sentence]) => {
  const started = run(args);
  expect(await ended(started)).toBe(1);
  expect(started.errors()).toContain(sentence);
  expect(started.errors()).not.toContain('    at ');
});
