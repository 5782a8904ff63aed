import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createHome, type StackHome } from '../../cli/stack/home.ts';
import { openProcesses, type Processes } from '../../cli/stack/processes.ts';
import { waitUntilReady } from '../../cli/stack/readiness.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const WAIT = 'setInterval(() => {}, 1000)';

test('stops children in the reverse order of their start', async () => {
  const { processes } = await open();
  for (const name of ['database', 'server', 'client']) await processes.start(node(name, WAIT));
  const stopped: string[] = [];
  await processes.stopAll((name) => stopped.push(name));
  expect(stopped).toEqual(['client', 'server', 'database']);
});

test('kills a child that does not stop within its grace time', async () => {
  const { processes } = await open();
  const child = await processes.start({
    ...node('stubborn', `process.on('SIGTERM', () => {}); console.log('up'); ${WAIT}`),
    graceMs: 100,
  });
  await waitUntil('the child to ignore SIGTERM', async () => (await readFile(child.logFile, 'utf8')).includes('up'));
  await child.stop();
  expect(await child.exited).toBe('signal SIGKILL');
});

test('says why a child did not become ready, with what its log says', async () => {
  const { processes } = await open();
  const child = await processes.start(node('broken', "console.error('fatal: no more paper'); process.exit(3)"));
  const ready = waitUntilReady(child, async () => false);
  await expect(ready).rejects.toMatchObject({ code: 'PROCESS_EXITED' });
  await expect(ready).rejects.toThrow(
    `broken ended with exit code 3 while starting; its log ${child.logFile} says: fatal: no more paper`,
  );
});

test('gives up on a child that runs and never becomes ready, with the last answer', async () => {
  const { processes } = await open();
  const child = await processes.start(node('slow', WAIT));
  const ready = waitUntilReady(child, async () => 'still warming up', 100);
  await expect(ready).rejects.toMatchObject({ code: 'NOT_READY' });
  await expect(ready).rejects.toThrow(/slow was not ready after 0.1 s \(still warming up\)/);
});

test('names the program that could not be started', async () => {
  const { processes } = await open();
  const start = processes.start({ name: 'ghost', command: '/nowhere/ghost', args: [] });
  await expect(start).rejects.toMatchObject({ code: 'PROCESS_EXITED' });
  await expect(start).rejects.toThrow(/^ghost could not be started: .*ENOENT/);
});

test('hands no CONVOY_ variable on unless it is named', async () => {
  process.env['CONVOY_SECRET_OF_THE_LAUNCHER'] = 'x';
  onTestFinished(() => void delete process.env['CONVOY_SECRET_OF_THE_LAUNCHER']);
  const { processes } = await open();
  const show = "console.log(Object.keys(process.env).filter((name) => name.startsWith('CONVOY_')).join())";
  const child = await processes.start({ ...node('curious', show), env: { CONVOY_NAMED: 'y' } });
  await child.exited;
  expect((await readFile(child.logFile, 'utf8')).trim()).toBe('CONVOY_NAMED');
});

test('starts nothing any more once everything is being stopped', async () => {
  const { processes } = await open();
  await processes.stopAll();
  await expect(processes.start(node('late', WAIT))).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

async function open(): Promise<{ home: StackHome; processes: Processes }> {
  const home = await createHome(await temporaryFolder());
  const processes = openProcesses(home);
  onTestFinished(() => processes.stopAll());
  return { home, processes };
}

function node(name: string, script: string): { name: string; command: string; args: string[] } {
  return { name, command: process.execPath, args: ['-e', script] };
}
