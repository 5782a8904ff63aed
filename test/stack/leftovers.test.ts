import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createHome, homeAt } from '../../cli/stack/home.ts';
import { cleanLeftovers } from '../../cli/stack/leftovers.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from '../../cli/stack/process-identity.ts';
import { readProcessesFile, writeProcessesFile } from '../../cli/stack/processes-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const launcher = fileURLToPath(new URL('./fixtures/launcher.ts', import.meta.url));

test('the guardian stops the children of a launcher that was killed, and removes its record', async () => {
  const root = await temporaryFolder();
  const { process: launching, children } = await launch(root, 'stubborn');
  launching.kill('SIGKILL');
  await waitUntil('both children to be gone', () => !children.some(isAlive));
  await waitUntil('the record to be gone', () => !existsSync(homeAt(root).processesFile));
  const home = await createHome(root);
  expect(await cleanLeftovers(home)).toBeUndefined();
});

test('the next start cleans up after a run whose guardian was killed as well', async () => {
  const root = await temporaryFolder();
  const { process: launching, children } = await launch(root);
  const home = homeAt(root);
  const reaper = readProcessesFile(home.processesFile)?.reaper;
  process.kill(reaper?.pid ?? 0, 'SIGKILL');
  launching.kill('SIGKILL');
  await waitUntil('the launcher to be gone', () => launching.exitCode !== null || launching.signalCode !== null);
  expect(children.every(isAlive)).toBe(true);
  const line = await cleanLeftovers(home);
  expect(line).toBe(
    `an earlier run was killed: stopped what it left behind, second (${children[1]?.pid}), first (${children[0]?.pid})`,
  );
  expect(children.some(isAlive)).toBe(false);
  expect(existsSync(home.processesFile)).toBe(false);
});

test('refuses to start beside a running stack of the same home', async () => {
  const root = await temporaryFolder();
  const { process: launching, children } = await launch(root);
  const clean = cleanLeftovers(homeAt(root));
  await expect(clean).rejects.toMatchObject({ code: 'STACK_ALREADY_RUNNING' });
  await expect(clean).rejects.toThrow(`a stack already runs from ${root} (process ${launching.pid})`);
  expect(children.every(isAlive)).toBe(true);
});

test('leaves a stranger alone that has the number of a process of ours', async () => {
  const home = await createHome(await temporaryFolder());
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void stranger.kill('SIGKILL'));
  await new Promise((resolve) => stranger.once('spawn', resolve));
  const identity = identifyProcess(stranger.pid ?? 0);
  if (!identity) throw new Error('the stranger did not start');
  const ours = { name: 'postgres', stopSignal: 'SIGINT' as const, graceMs: 1_000 };
  writeProcessesFile(home.processesFile, {
    launcher: { pid: 4_194_303, startTicks: '1' },
    processes: [
      { ...ours, ...identity, startTicks: `${identity.startTicks}1`, marker: process.execPath },
      { ...ours, ...identity, marker: '/usr/lib/postgresql/bin/postgres' },
    ],
  });
  expect(await cleanLeftovers(home)).toBe('an earlier run was killed: its processes are gone, removed its files');
  expect(isAlive(identity)).toBe(true);
});

async function launch(root: string, mood = ''): Promise<{ process: ChildProcess; children: ProcessIdentity[] }> {
  const child = spawn(process.execPath, [launcher, root, mood], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const { pids } = JSON.parse(line) as { pids: number[] };
    const children = pids.map((pid) => identifyProcess(pid));
    return { process: child, children: children.filter((one) => one !== undefined) };
  }
  throw new Error('the launcher ended before it had started its children');
}
