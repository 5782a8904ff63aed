/**
 * Loaded into a process with `--import`: on SIGUSR2 every thread of it collects all garbage and gives back the memory it
 * keeps for later, so that what is resident then is in use.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const SIGNAL = 'SIGUSR2';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
const collect = (): void => gc({ type: 'major', flavor: 'last-resort' });
const threads = new BroadcastChannel('collect');
if (isMainThread) {
  process.on(SIGNAL, () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin, only windows do
    threads.postMessage(SIGNAL);
    collect();
  });
} else {
  threads.addEventListener('message', collect);
}
// A process or thread that has nothing else to do ends.
threads.unref();
