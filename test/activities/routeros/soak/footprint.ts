import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this process still holds in memory after everything that can be freed was freed, bytes. */
export async function heldBytes(): Promise<number> {
  // What is freed by one collection may be what kept the rest: finalizers run between the turns.
  for (let pass = 0; pass < 3; pass++) {
    collectGarbage();
    await turn();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface Handle {
  type: string;
  remoteEndpoint?: { port: number } | null;
}

/** TCP connections of this process to one of the ports, also those that would not keep it alive. */
export function socketsTo(ports: readonly number[]): number {
  // Otherwise the names of all peers are looked up; the types of Node do not know it yet.
  Object.assign(process.report, { excludeNetwork: true });
  const { libuv } = process.report.getReport() as unknown as { libuv: Handle[] };
  return libuv.filter(({ type, remoteEndpoint }) => type === 'tcp' && ports.includes(remoteEndpoint?.port ?? 0)).length;
}

/** Timers that keep this process alive. */
export function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

export function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

/** Collects the names of the warnings of this process, such as that of an emitter with ever more listeners. */
export function watchWarnings(): { names: string[]; end: () => void } {
  const names: string[] = [];
  const note = ({ name }: Error): void => void names.push(name);
  process.on('warning', note);
  return { names, end: () => void process.off('warning', note) };
}
