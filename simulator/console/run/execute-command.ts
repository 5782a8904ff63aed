import type { Command } from '../language/syntax-tree.ts';
import { argument, optional, requiredText } from './arguments.ts';
import type { Frame, Steps } from './script-run.ts';
import { Id, toText } from './values.ts';

/**
 * Runs code as a job of its own and answers its id at once. With `as-string` it waits and answers what the code printed;
 * with `file` that goes into a file.
 */
export function* runExecute(command: Command, frame: Frame): Steps {
  const { router, caller, signal, writeFile } = frame.run;
  const source = yield* requiredText(command, 'script', frame);
  const file = toText(yield* optional(command, 'file', frame));
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const asString = argument(command, 'as-string') !== undefined;
  const id = router.runScript(source, {
    caller,
    output: (line) => lines.push(line),
    ...(asString ? { signal } : {}),
    onDone: () => {
      if (file !== '') writeFile(`${file.replace(/\.txt$/, '')}.txt`, linesAsText(lines));
      resolve();
    },
    onFailure: (report) => {
      lines.push(report);
      resolve();
    },
  });
  if (!asString) return new Id(id);
  yield promise.then(() => ({ kind: 'done' }));
  return linesAsText(lines);
}

/** Lines end with CR LF; the last one has no end of its own. */
function linesAsText(lines: readonly string[]): string {
  return lines.join('\r\n');
}
