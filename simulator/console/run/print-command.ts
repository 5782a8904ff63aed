import type { Menu } from '../../engine/menu.ts';
import { project, splitNames } from '../../engine/projection.ts';
import { notPermitted } from '../../engine/router-error.ts';
import { isCounter } from '../print/cli-value.ts';
import { printRows } from '../print/print-rows.ts';
import type { Command } from '../language/syntax-tree.ts';
import { argument, optional } from './arguments.ts';
import { matchingRows, rowValue } from './row-values.ts';
import type { Frame, Steps } from './script-run.ts';
import { ArrayValue, toText } from './values.ts';

/** Runs `print`: writes the rows in the form that was asked for, or answers them (`as-value`) or their number. */
export function* runPrint(menu: Menu, command: Command, frame: Frame): Steps {
  const { router, caller, output, numbered } = frame.run;
  if (!caller.policies.has('read')) throw notPermitted();
  const found = yield* matchingRows(menu, command.where, frame);
  const has = (flag: string): boolean => argument(command, flag) !== undefined;
  const isShown = (name: string): boolean => has('stats') || !isCounter(menu.path, name);
  if (has('count-only')) {
    output(String(found.length));
    return found.length;
  }
  const proplist = toText(yield* optional(command, 'proplist', frame));
  const names = proplist === '' ? undefined : splitNames(proplist);
  const rows = found.map(({ row }) => (names ? row : project(row, Object.keys(row).filter(isShown))));
  if (has('as-value')) {
    const values = rows.map((row) => rowValue(menu, names ? project(row, ['.id', ...names]) : row));
    if (menu.definition.kind === 'singleton') return values[0];
    return new ArrayValue(values.map((value) => ({ value })));
  }
  if (menu.definition.kind === 'list') {
    numbered.set(
      menu.path,
      found.map(({ item }) => item.id),
    );
  }
  const form = has('terse') ? 'terse' : has('detail') ? 'detail' : 'brief';
  const lines = printRows({
    menu,
    version: router.version,
    rows,
    stats: has('stats'),
    form,
    names,
    showIds: has('show-ids'),
  });
  const file = toText(yield* optional(command, 'file', frame));
  if (file === '') for (const line of lines) output(line);
  else frame.run.writeFile(`${file}.txt`, `${lines.join('\r\n')}\r\n`);
  return undefined;
}
