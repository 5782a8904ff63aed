import type { Item } from '../../engine/definition.ts';
import type { Menu } from '../../engine/menu.ts';
import { notPermitted } from '../../engine/router-error.ts';
import { exportRouter } from '../export/export-router.ts';
import type { Command } from '../language/syntax-tree.ts';
import { argument, optional } from './arguments.ts';
import { matchingRows } from './row-values.ts';
import type { Frame, Steps } from './script-run.ts';
import { toText } from './values.ts';

/**
 * Runs `export` in any menu: writes the configuration of that menu and those below it, or puts it into a file. Secrets
 * only show with `show-sensitive`, to those who may see them.
 */
export function* runExport(command: Command, frame: Frame): Steps {
  const { router, caller, output, writeFile } = frame.run;
  const has = (flag: string): boolean => argument(command, flag) !== undefined;
  const sensitive = has('show-sensitive') && !has('hide-sensitive');
  if (!caller.policies.has('read') || (sensitive && !caller.policies.has('sensitive'))) throw notPermitted();
  const wanted = yield* wantedRows(command, frame);
  const lines = exportRouter(router, {
    path: command.path,
    terse: has('terse'),
    verbose: has('verbose'),
    sensitive,
    ...(wanted ? { rowsOf: (menu: Menu) => wanted.get(menu.path) ?? [] } : {}),
  });
  const file = toText(yield* optional(command, 'file', frame));
  if (file === '') for (const line of lines) output(line);
  else writeFile(`${file.replace(/\.rsc$/, '')}.rsc`, `${lines.join('\r\n')}\r\n`);
  return undefined;
}

/** The rows that a condition picks, by menu; undefined when there is no condition. */
function* wantedRows({ path, where }: Command, frame: Frame): Steps<Map<string, readonly Item[]> | undefined> {
  const { router } = frame.run;
  if (!where) return undefined;
  const wanted = new Map<string, readonly Item[]>();
  for (const candidate of router.tree.paths()) {
    if (candidate !== path && !candidate.startsWith(path === '/' ? '/' : `${path}/`)) continue;
    const found = yield* matchingRows(router.tree.menuAt(candidate), where, frame);
    wanted.set(
      candidate,
      found.map(({ item }) => item),
    );
  }
  return wanted;
}
