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

/** Time the processes have computed since they started, milliseconds: what else the machine does is not in it. */
export async function computedMs(pids: readonly number[]): Promise<number> {
  const TICK_MS = 10;
  const times = await Promise.all(
    pids.map(async (pid) => {
      // utime and stime, the 14th and 15th field; the name in parentheses before them may hold spaces (proc_pid_stat(5)).
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }),
  );
  return times.reduce((sum, time) => sum + time, 0);
}

/** What is in use of the heap of the one process that answers HTTP, MB. */
export async function heapUsedMb(stack: StackFile): Promise<number> {
  const texts = await Promise.all(stack.metricsUrls.map(async (url) => (await fetch(url)).text()));
  const web = texts.find((text) => text.includes('convoy_http_request_seconds_count')) ?? '';
  return Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(web)?.[1] ?? Number.NaN) / 2 ** 20;
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

interface Weight {
  lanes: number;
  workersMb: number;
  serverMb: number;
}

/** What one more open lane costs the workers and the Temporal server. */
export function laneFigures(before: Weight, after: Weight): Figure[] {
  const lanes = after.lanes - before.lanes;
  const note = `resident memory of all worker processes before and after opening ${lanes} more lanes`;
  const each = (mb: number): number => Math.max(0, mb / lanes);
  return [
    {
      name: 'memory of an open lane, worker',
      value: each(after.workersMb - before.workersMb),
      unit: 'MB',
      target: null,
      note,
    },
    {
      name: 'memory of an open lane, Temporal server',
      value: each(after.serverMb - before.serverMb),
      unit: 'MB',
      target: null,
      note: note.replace('all worker processes', 'the server'),
    },
  ];
}
