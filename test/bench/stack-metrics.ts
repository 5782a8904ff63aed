import { readFile } from 'node:fs/promises';
import type { StackFile } from '../../cli/stack/stack-file.ts';
import type { Figure } from './figures.ts';

/** Resident memory of processes, MB. */
export async function residentMb(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Lanes all worker processes hold now. */
export async function openLanes(stack: StackFile): Promise<number> {
  const counts = await Promise.all(
    stack.metricsUrls.map(async (url) => {
      const text = await (await fetch(url)).text();
      return Number(/^convoy_lanes_open (\d+)$/m.exec(text)?.[1] ?? 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What one open lane costs the workers and the Temporal server, and that an idle device costs nothing. */
export function laneFigures(facts: {
  before: number;
  after: number;
  serverBefore: number;
  serverAfter: number;
  lanes: number;
}): Figure[] {
  const note = `resident memory after opening ${facts.lanes} lanes, two workers`;
  return [
    {
      name: 'memory of an open lane, worker',
      value: Math.max(0, (facts.after - facts.before) / facts.lanes),
      unit: 'MB',
      target: null,
      note,
    },
    {
      name: 'memory of an open lane, Temporal server',
      value: Math.max(0, (facts.serverAfter - facts.serverBefore) / facts.lanes),
      unit: 'MB',
      target: null,
      note,
    },
  ];
}
