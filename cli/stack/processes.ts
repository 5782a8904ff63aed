import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { identifyProcess, type ProcessIdentity } from './process-identity.ts';
import { removeProcessesFile, writeProcessesFile } from './processes-file.ts';
import { startReaper } from './reaper.ts';
import { StackError } from './stack-error.ts';
import { signalGroup, type StoppableProcess } from './stop-process.ts';

/** A child process to start. */
export interface ProcessSpec {
  /** Names the process in messages and its log file `<name>.log`. */
  name: string;
  command: string;
  args: readonly string[];
  /** Added to the launcher's own environment, of which the CONVOY_ variables are not handed on. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Default SIGTERM. */
  stopSignal?: StoppableProcess['stopSignal'];
  /** Time between asking the process to stop and killing it, milliseconds. Default 10 000. */
  graceMs?: number;
  /** What it prints is not logged because it holds secrets; what it prints as errors is. */
  isStdoutSecret?: boolean;
  /** A program of ours: gets a channel to the launcher and ends when that closes. */
  isOurs?: boolean;
}

/** A started child process. */
export interface RunningProcess {
  name: string;
  pid: number;
  logFile: string;
  /** Resolves with a phrase such as `exit code 1` when the process ends, for whatever reason. */
  exited: Promise<string>;
  hasExited(): boolean;
  /** Asks it to stop and kills it after its grace time. */
  stop(): Promise<void>;
}

/** The children of one launcher: started in order, stopped in the reverse order, never left behind. */
export interface Processes {
  start(spec: ProcessSpec): Promise<RunningProcess>;
  /** Runs a command to its end under the same care, for example a migration. Rejects unless it exits with 0. */
  run(spec: ProcessSpec): Promise<void>;
  /** Stops all, last started first. `onStop` is told each name before it is asked. */
  stopAll(onStop?: (name: string) => void): Promise<void>;
  /** Kills all at once. Synchronous, for a second Ctrl-C. */
  killAll(): void;
}

const exitWithParent = fileURLToPath(new URL('./exit-with-parent.ts', import.meta.url));

/** Opens the register of children: a guardian process and a record on disk see to them when this process dies. */
export function openProcesses(options: { logsDir: string; processesFile: string; stackFile: string }): Processes {
  const children: (RunningProcess & { target: StoppableProcess; child: ChildProcess })[] = [];
  const reaper = startReaper(options);
  const launcher = requireIdentity(process.pid);

  const record = (): void => {
    const processes = children.filter((child) => !child.hasExited()).map(({ target }) => target);
    writeProcessesFile(options.processesFile, { launcher, reaper: reaper.identity, processes });
  };
  record();

  let isClosed = false;
  const start = async (spec: ProcessSpec): Promise<(typeof children)[number]> => {
    if (isClosed) throw new StackError('INTERRUPTED', `${spec.name} is not started: everything is being stopped`);
    const logFile = path.join(options.logsDir, `${spec.name}.log`);
    const child = spawnChild(spec, logFile);
    const pid = child.pid ?? 0;
    if (pid === 0) throw await spawnFailure(spec, child);
    const identity = identifyProcess(pid) ?? { pid, startTicks: '0' };
    const target: StoppableProcess = {
      ...identity,
      name: spec.name,
      marker: spec.isOurs ? (spec.args[0] ?? spec.command) : spec.command,
      stopSignal: spec.stopSignal ?? 'SIGTERM',
      graceMs: spec.graceMs ?? 10_000,
    };
    let isGone = false;
    const exited = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        isGone = true;
        reaper.forget(target);
        resolve(signal ? `signal ${signal}` : `exit code ${code}`);
      });
    });
    const running = {
      name: spec.name,
      pid,
      logFile,
      exited,
      target,
      child,
      hasExited: () => isGone,
      stop: async () => {
        if (isGone) return;
        child.kill(target.stopSignal);
        const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), target.graceMs);
        await exited;
        clearTimeout(timer);
      },
    };
    children.push(running);
    reaper.watch(target);
    record();
    return running;
  };

  return {
    start,
    run: async (spec) => {
      const running = await start(spec);
      const how = await running.exited;
      record();
      if (how !== 'exit code 0') {
        throw new StackError('PROCESS_EXITED', `${spec.name} ended with ${how}${logTail(running.logFile)}`);
      }
    },
    stopAll: async (onStop) => {
      isClosed = true;
      for (const child of children.toReversed()) {
        if (!child.hasExited()) onStop?.(child.name);
        await child.stop();
      }
      reaper.dismiss();
      removeProcessesFile(options.processesFile);
    },
    killAll: () => {
      isClosed = true;
      for (const child of children) if (!child.hasExited()) signalGroup(child.pid, 'SIGKILL');
      reaper.dismiss();
      removeProcessesFile(options.processesFile);
    },
  };
}

/** Longest part of a log line that goes into a message. */
const MAX_QUOTE = 400;

/** What a log says last about a problem, else its last line, to append to a message: `; its log <file> says: …`. */
export function logTail(logFile: string): string {
  if (!existsSync(logFile)) return '';
  const lines = readFileSync(logFile, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.findLast((line) => /error|fatal|fail|panic|refused/i.test(line)) ?? lines.at(-1);
  return telling === undefined
    ? `; its log ${logFile} is empty`
    : `; its log ${logFile} says: ${telling.slice(0, MAX_QUOTE)}`;
}

function spawnChild(spec: ProcessSpec, logFile: string): ChildProcess {
  const log = openSync(logFile, 'w', 0o600);
  const args = spec.isOurs ? ['--import', exitWithParent, ...spec.args] : [...spec.args];
  const child = spawn(spec.command, args, {
    cwd: spec.cwd,
    uid: spec.uid,
    gid: spec.gid,
    env: { ...inheritedEnv(), ...spec.env },
    // A group of its own: Ctrl-C reaches the launcher alone, which then stops its children in order.
    detached: true,
    stdio: ['ignore', spec.isStdoutSecret ? 'ignore' : log, log, ...(spec.isOurs ? (['ipc'] as const) : [])],
  });
  closeSync(log);
  child.channel?.unref();
  return child;
}

function spawnFailure(spec: ProcessSpec, child: ChildProcess): Promise<StackError> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      resolve(new StackError('PROCESS_EXITED', `${spec.name} could not be started: ${cause.message}`, { cause }));
    });
  });
}

/** Our own settings are handed on by name only: a process refuses variables that are not for it. */
function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CONVOY_')));
}

function requireIdentity(pid: number): ProcessIdentity {
  const identity = identifyProcess(pid);
  if (identity) return identity;
  throw new StackError(
    'PLATFORM_UNSUPPORTED',
    'the embedded stack needs Linux with /proc mounted; elsewhere use an external PostgreSQL, Temporal and IdP',
  );
}
