import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const Identity = { pid: z.int().positive(), startTicks: z.string().min(1) };

const ProcessesFile = z.strictObject({
  launcher: z.strictObject(Identity),
  reaper: z.strictObject(Identity).optional(),
  processes: z.array(
    z.strictObject({
      ...Identity,
      name: z.string().min(1),
      marker: z.string().min(1),
      stopSignal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT']),
      graceMs: z.int().nonnegative(),
    }),
  ),
});

/** What a launcher writes down about itself and its children, so that a later run can recognise them. */
export type ProcessesRecord = z.infer<typeof ProcessesFile>;

/** Reads the record of a run; undefined when there is none or when a crash left it half-written. */
export function readProcessesFile(file: string): ProcessesRecord | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // A record that is no JSON identifies no process: acting on a guess could stop a stranger's.
    return undefined;
  }
  return ProcessesFile.safeParse(data).data;
}

/** Replaces the record in one step. Synchronous: a child must be on record before anything else can fail. */
export function writeProcessesFile(file: string, record: ProcessesRecord): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

/** Forgets the run. */
export function removeProcessesFile(file: string): void {
  rmSync(file, { force: true });
}
