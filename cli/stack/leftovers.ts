import { rmSync } from 'node:fs';
import type { StackHome } from './home.ts';
import { commandLine, isAlive } from './process-identity.ts';
import { readProcessesFile, removeProcessesFile } from './processes-file.ts';
import { StackError } from './stack-error.ts';
import { stopProcess, waitUntilGone } from './stop-process.ts';

/** How long the guardian of a killed run may take to finish its own cleaning, milliseconds. */
const REAPER_MS = 20_000;

/**
 * Stops what a killed run left behind and removes its files. Only processes on that run's record are touched, and only
 * while number, start time and command line are still the recorded ones. Refuses when that run is still alive.
 * Returns a line to print, or undefined when there was nothing.
 */
export async function cleanLeftovers(home: StackHome): Promise<string | undefined> {
  const record = readProcessesFile(home.processesFile);
  if (!record) {
    rmSync(home.stackFile, { force: true });
    return undefined;
  }
  if (isAlive(record.launcher) && record.launcher.pid !== process.pid) {
    throw new StackError(
      'STACK_ALREADY_RUNNING',
      `a stack already runs from ${home.root} (process ${record.launcher.pid}); stop it with Ctrl-C in its terminal, or set CONVOY_HOME to another folder`,
    );
  }
  const stopped: string[] = [];
  if (record.reaper && isAlive(record.reaper) && commandLine(record.reaper.pid).includes('reaper-main')) {
    await waitUntilGone(record.reaper, REAPER_MS);
  }
  for (const target of record.processes.toReversed()) {
    if (!isAlive(target) || !commandLine(target.pid).includes(target.marker)) continue;
    await stopProcess(target);
    stopped.push(`${target.name} (${target.pid})`);
  }
  rmSync(home.stackFile, { force: true });
  removeProcessesFile(home.processesFile);
  return stopped.length > 0
    ? `an earlier run was killed: stopped what it left behind, ${stopped.join(', ')}`
    : 'an earlier run was killed: its processes are gone, removed its files';
}
