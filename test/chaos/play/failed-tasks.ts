import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Violation } from '../evidence.ts';

/** Errors that workflow code throws when it is wrong, or cannot be repeated; a plan would wait on them for ever. */
const BROKEN =
  /"workflowType":"(\w+)","error":\{"type":"((?:Type|Reference|Range|Syntax)Error|DeterminismViolationError)","message":"([^"]*)/;

/** What the logs of all workers say of workflow code that is broken, each once. */
export async function failedTasks(logsDir: string): Promise<Violation[]> {
  const found = new Set<string>();
  for (const name of await readdir(logsDir)) {
    if (!name.startsWith('worker')) continue;
    const log = await readFile(path.join(logsDir, name), 'utf8');
    for (const line of log.split('\n')) {
      const [, workflow, type, message] = BROKEN.exec(line) ?? [];
      if (workflow !== undefined) found.add(`${workflow}: ${type}: ${message}`);
    }
  }
  return [...found].map((message) => ({ invariant: 'workflow code runs', message }));
}
