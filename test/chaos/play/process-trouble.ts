import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosStack } from '../stack/chaos-stack.ts';
import type { ProcessFault, ProcessTarget, Story } from '../story/story.ts';

/** For so long after it came back a process is left alone, so that there is time in which something runs, milliseconds. */
const LEFT_ALONE_MS: Readonly<Record<ProcessTarget, number>> = {
  worker: 3_000,
  web: 8_000,
  temporal: 8_000,
  postgres: 8_000,
};

/** The process faults of several stories on one stack, in order. */
export function troubleOf(stories: readonly Story[]): ProcessFault[] {
  return stories.flatMap(({ processFaults }) => processFaults).sort((one, other) => one.atMs - other.atMs);
}

/**
 * Has them happen at their times, counted from now and stretched by the tempo. Resolves when the last is over. Several stories bring their own to
 * one stack: what comes while the same part, or of PostgreSQL and Temporal the other one, is just recovering is left out.
 */
export async function playTrouble(
  { processes }: ChaosStack,
  faults: readonly ProcessFault[],
  told: string[],
  tempo: number,
): Promise<void> {
  const startedAtMs = Date.now();
  const busy = new Map<string, number>();
  const turns = new Map<string, number>();
  await Promise.all(
    faults.map(async ({ atMs, target, how, forMs }) => {
      await delay(atMs * tempo);
      const part = target === 'postgres' || target === 'temporal' ? 'shared' : target;
      const at = `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s  `;
      if (Date.now() < (busy.get(part) ?? 0)) {
        told.push(`${at}${how} ${target}: left out`);
        return;
      }
      busy.set(part, Number.POSITIVE_INFINITY);
      const turn = turns.get(target) ?? 0;
      turns.set(target, turn + 1);
      const victim = processes[target][turn % processes[target].length];
      told.push(`${at}${how} ${target} for ${forMs} ms`);
      await (how === 'kill' ? victim?.kill(forMs) : victim?.stop(forMs));
      await victim?.running();
      told.push(`${((Date.now() - startedAtMs) / 1000).toFixed(1)} s  ${target} runs again`);
      busy.set(part, Date.now() + LEFT_ALONE_MS[target]);
    }),
  );
}
