import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { homeAt } from '../../cli/stack/home.ts';
import { loginAs } from '../../cli/stack/login-as.ts';
import { identifyProcess } from '../../cli/stack/process-identity.ts';
import { readStackFile } from '../../cli/stack/stack-file.ts';
import { startStack } from '../../cli/stack/start-stack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const MINUTE = 60_000;

test(
  'starts everything in order, tells where it is, brings a killed worker back, and leaves nothing running',
  { timeout: 2 * MINUTE },
  async () => {
    const root = await temporaryFolder();
    const lines: string[] = [];
    const stack = await startStack({ home: root, ports: 'free', routers: 2, say: (line) => lines.push(line) });
    onTestFinished(() => stack.stop());

    expect(lines.map((line) => /^(\S+)\s+ready\s+\d+\.\d s/.exec(line)?.[1])).toEqual([
      'postgres',
      'temporal',
      'temporal-ui',
      'identity-provider',
      'simulator',
      'migrations',
      'workers',
      'web',
      'approval-gateway',
      'fleet',
      'stack',
    ]);
    const file = await readStackFile(stack.home.stackFile);
    expect(file).toEqual(stack.file());
    expect(file.simulator?.devices.map(({ name }) => name)).toEqual(['lab-01', 'lab-02']);
    expect(file.pids.web).toHaveLength(2);
    expect((await stat(stack.home.stackFile)).mode & 0o777).toBe(0o600);
    expect((await stat(stack.home.keysDir)).mode & 0o777).toBe(0o700);

    const { accessToken } = await loginAs({
      issuer: file.oidc.issuer,
      user: 'operator@convoy.test',
      scope: 'openid email fleet:read',
      resource: file.apiUrl,
    });
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`${file.apiUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } })).json();
    expect(await ask('/devices')).toMatchObject({ total: 2 });
    expect(await ask('/devices/lab-02')).toMatchObject({
      sshPort: file.simulator?.devices[1]?.sshPort,
      sshHostKey: expect.stringMatching(/^SHA256:/),
    });

    const [victim = 0, other = 0] = file.pids.worker;
    process.kill(victim, 'SIGKILL');
    const pids = await waitUntil('a new worker in stack.json', async () => {
      const { worker } = (await readStackFile(stack.home.stackFile)).pids;
      return worker.length === 2 && !worker.includes(victim) && worker;
    });
    expect(pids).toContain(other);
    expect(lines).toContainEqual(expect.stringMatching(/^worker-\d ended with signal SIGKILL; starting it again/));

    const { web, worker, ...single } = stack.file().pids;
    const all = [...web, ...worker, ...Object.values(single)];
    await stack.stop();
    expect(all.filter((pid) => identifyProcess(pid))).toEqual([]);
    expect(existsSync(stack.home.stackFile)).toBe(false);
    expect(existsSync(stack.home.processesFile)).toBe(false);
    expect(lines.filter((line) => line.startsWith('stopping ')).at(-1)).toBe('stopping postgres');
  },
);

test('stops in order on Ctrl-C', { timeout: 2 * MINUTE }, async () => {
  const root = await temporaryFolder();
  const script = fileURLToPath(new URL('./fixtures/small-stack.ts', import.meta.url));
  const launcher = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void launcher.kill('SIGKILL'));
  const stopped: string[] = [];
  for await (const line of createInterface({ input: launcher.stdout })) {
    if (line === 'up') launcher.kill('SIGINT');
    if (line.startsWith('stopping ')) stopped.push(line);
  }
  expect(stopped).toEqual([
    'stopping everything; Ctrl-C once more kills it at once',
    'stopping gateway-1',
    'stopping web-1',
    'stopping worker-1',
    'stopping simulator',
    'stopping identity-provider',
    'stopping temporal-ui',
    'stopping temporal',
    'stopping postgres',
  ]);
  await waitUntil('the launcher to end', () => launcher.exitCode !== null);
  expect(launcher.exitCode).toBe(0);
});

test('refuses a taken port before it starts anything', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const root = await temporaryFolder();
  const start = startStack({ home: root, env: { CONVOY_HTTP_PORT: String(port) } });
  await expect(start).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  await expect(start).rejects.toThrow(new RegExp(`^port ${port} on 127.0.0.1, .* set CONVOY_HTTP_PORT`));
  expect(existsSync(homeAt(root).processesFile)).toBe(false);
});

test('leaves nothing behind when a part cannot start', { timeout: MINUTE }, async () => {
  const root = await temporaryFolder();
  const lines: string[] = [];
  const env = { CONVOY_TEMPORAL_SERVER: '/bin/false', CONVOY_TEMPORAL_UI_SERVER: '/bin/false' };
  const start = startStack({ home: root, env, ports: 'free', say: (line) => lines.push(line) });
  await expect(start).rejects.toMatchObject({ code: 'PROCESS_EXITED' });
  await expect(start).rejects.toThrow(/^temporal ended with exit code 1 while starting/);
  expect(lines.at(-1)).toBe('stopping postgres');
  const log = await readFile(`${root}/logs/postgres.log`, 'utf8');
  expect(log).toContain('database system is shut down');
});

test('uses external parts and says so', { timeout: MINUTE }, async () => {
  const root = await temporaryFolder();
  const lines: string[] = [];
  const env = {
    CONVOY_POSTGRES_URL: 'postgres://nobody:wrong@127.0.0.1:1/none',
    CONVOY_TEMPORAL_ADDRESS: '127.0.0.1:1',
    CONVOY_TEMPORAL_UI_URL: 'http://127.0.0.1:1',
    CONVOY_OIDC_ISSUER: 'https://idp.example.net',
  };
  const start = startStack({ home: root, env, ports: 'free', routers: 0, say: (line) => lines.push(line) });
  await expect(start).rejects.toThrow();
  expect(lines).toEqual([
    expect.stringMatching(/^postgres\s+skipped\s+CONVOY_POSTGRES_URL is set, that one is used$/),
    expect.stringMatching(/^temporal\s+skipped\s+CONVOY_TEMPORAL_ADDRESS is set, 127\.0\.0\.1:1 is used$/),
    expect.stringMatching(/^temporal-ui\s+skipped\s+CONVOY_TEMPORAL_UI_URL is set/),
    expect.stringMatching(
      /^identity-provider\s+skipped\s+CONVOY_OIDC_ISSUER is set, https:\/\/idp\.example\.net is used$/,
    ),
    expect.stringMatching(/^simulator\s+skipped\s+no simulated routers were asked for$/),
  ]);
});
