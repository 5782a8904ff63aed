import { StackError } from './stack-error.ts';

/** Takes one line of progress for the person at the terminal. */
export type Say = (line: string) => void;

/** One part of the stack, in the order of its start. */
export interface Step {
  name: string;
  /** Said instead of starting it, for example because an external one is used. */
  skip?: string;
  /** Resolves when the part is ready, with what to tell about it: an address, a count. */
  start(): Promise<string>;
}

const NAME_WIDTH = 18;

/**
 * Starts one part after the other, saying for each how long it took: `postgres   ready  0.6 s  127.0.0.1:5433`.
 * Ends with INTERRUPTED as soon as the signal is aborted.
 */
export async function runSteps(steps: readonly Step[], say: Say, interrupt: AbortSignal): Promise<void> {
  const begun = performance.now();
  for (const step of steps) {
    if (step.skip !== undefined) {
      say(`${step.name.padEnd(NAME_WIDTH)} skipped         ${step.skip}`);
      continue;
    }
    const startedAt = performance.now();
    const detail = await Promise.race([step.start(), interrupted(interrupt)]);
    say(`${step.name.padEnd(NAME_WIDTH)} ready ${seconds(startedAt).padStart(7)}   ${detail}`);
  }
  say(`${'stack'.padEnd(NAME_WIDTH)} ready ${seconds(begun).padStart(7)}   in all`);
}

function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new StackError('INTERRUPTED', 'the start was interrupted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
