import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identifyProcess, type ProcessIdentity } from './process-identity.ts';
import type { StoppableProcess } from './stop-process.ts';

/** The guardian of a launcher's children. */
export interface Reaper {
  identity: ProcessIdentity | undefined;
  watch(child: StoppableProcess): void;
  forget(child: ProcessIdentity): void;
  /** Ends the guardian; what it still watches is left alone. */
  dismiss(): void;
}

/**
 * Starts the guardian process. It holds the other end of a pipe: when the launcher dies, however it dies, the pipe
 * closes, and the guardian stops every child in the reverse order of their start and removes the files named here.
 */
export function startReaper(files: { stackFile: string; processesFile: string }): Reaper {
  const script = fileURLToPath(new URL('./reaper-main.ts', import.meta.url));
  const child = spawn(process.execPath, [script, files.stackFile, files.processesFile], {
    // A group of its own: Ctrl-C at the terminal must not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', (error) => {
    process.emitWarning(`the guardian of the stack's processes could not start: ${error.message}`);
  });
  child.stdin.on('error', () => {
    // EPIPE after the guardian itself was killed: the launcher still stops its children.
  });
  child.unref();
  const send = (message: object): void => {
    if (child.stdin.writable) child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    identity: child.pid === undefined ? undefined : identifyProcess(child.pid),
    watch: (target) => send({ watch: target }),
    forget: ({ pid }) => send({ forget: pid }),
    dismiss: () => {
      send({ dismiss: true });
      child.stdin.end();
    },
  };
}
