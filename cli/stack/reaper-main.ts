/**
 * The guardian process (see reaper.ts): reads JSON lines from its standard input and acts when the input ends.
 * It imports Node's own modules only, so that it is up within milliseconds.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { stopProcess, type StoppableProcess } from './stop-process.ts';

/** With the launcher gone nobody waits for unfinished work: a short grace frees the ports for the next start. */
const MAX_GRACE_MS = 5_000;

type Message = { watch: StoppableProcess } | { forget: number } | { dismiss: true };

const files = process.argv.slice(2);
const children: StoppableProcess[] = [];

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Ends with its launcher's pipe, never before.
  process.on(name, () => undefined);
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Message;
  if ('dismiss' in message) process.exit(0);
  if ('watch' in message) children.push(message.watch);
  if ('forget' in message) {
    const index = children.findIndex((child) => child.pid === message.forget);
    if (index !== -1) children.splice(index, 1);
  }
}

for (const child of children.reverse()) {
  await stopProcess({ ...child, graceMs: Math.min(child.graceMs, MAX_GRACE_MS) });
}
for (const file of files) rmSync(file, { force: true });
