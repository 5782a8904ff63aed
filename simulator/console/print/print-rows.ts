import type { Row } from '../../engine/definition.ts';
import type { Menu } from '../../engine/menu.ts';
import { isAtLeast } from '../../engine/version.ts';
import { cliPair, cliValue, isCounter } from './cli-value.ts';
import { type Flags, flagsOf, isFlag } from './flags.ts';
import { layoutOf } from './layout.ts';
import { drawProperties, drawTable } from './table.ts';

export type PrintOptions = {
  readonly menu: Menu;
  readonly version: string;
  readonly rows: readonly Row[];
  readonly form: 'brief' | 'detail' | 'terse';
  /** Only these properties, in this order. */
  readonly names: readonly string[] | undefined;
  /** Counters in the columns of the table. */
  readonly stats: boolean;
  /** Ids in place of numbers. */
  readonly showIds: boolean;
};

/** Rows as `print` writes them, line by line. */
export function printRows(options: PrintOptions): string[] {
  const { menu, rows, form } = options;
  if (menu.definition.kind === 'singleton') return [...printSingleton(options), ''];
  if (rows.length === 0) return [];
  if (form === 'terse') return printTerse(options);
  const { detailed = false } = layoutOf(menu.path);
  const isDetailed = form === 'detail' || (detailed && options.names === undefined && !options.stats);
  return isDetailed ? printDetail(options) : [...printTable(options), ''];
}

/** Since when singletons fill up their values to the same width (seen on 7.18, not on 7.16). */
const PADDED_SINCE = '7.17';

function printSingleton({ menu, version, rows, names }: PrintOptions): string[] {
  const row = rows[0] ?? {};
  const properties = propertiesOf(menu, row, names).map(
    (name) => [name, cliValue(menu.path, name, row[name] ?? '')] as const,
  );
  return drawProperties(properties, isAtLeast(version, PADDED_SINCE));
}

/** One line a row, everything on it. */
function printTerse({ menu, rows, names, showIds }: PrintOptions): string[] {
  const flags = flagsOf(menu, rows, 'all');
  return rows.map((row, number) => {
    const pairs = propertiesOf(menu, row, names, true).map(
      (name) => `${name}=${cliValue(menu.path, name, row[name] ?? '')}`,
    );
    return `${label(row, number, rows, showIds)} ${flags.letters(row)} ${pairs.join(' ')}`;
  });
}

function printDetail({ menu, rows, names, showIds }: PrintOptions): string[] {
  const flags = flagsOf(menu, rows, 'all');
  const lines = flags.legend === undefined ? [] : [`${flags.legend} `];
  for (const [number, row] of rows.entries()) {
    const head = `${label(row, number, rows, showIds)} ${flags.letters(row)} `;
    const indent = ' '.repeat(head.length);
    const pairs = wrap(
      propertiesOf(menu, row, names).map((name) => cliPair(menu.path, name, row[name] ?? '')),
      LINE_WIDTH - head.length,
    );
    const remarks = [row['comment'], row['.about']].filter((text) => text !== undefined).map((text) => `;;; ${text}`);
    for (const [index, line] of [...remarks, ...pairs].entries()) lines.push((index === 0 ? head : indent) + line);
    lines.push('');
  }
  return lines;
}

const LINE_WIDTH = 80;

/** Pairs in lines that do not exceed a width, each with the blank that the console leaves at its end. */
function wrap(pairs: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const pair of pairs) {
    if (line !== '' && line.length + pair.length + 1 > width) {
      lines.push(line);
      line = '';
    }
    line += `${pair} `;
  }
  return [...lines, line];
}

function printTable(options: PrintOptions): string[] {
  const { menu, rows, names, showIds, stats } = options;
  const flags = flagsOf(menu, rows, 'used');
  const columns = columnsOf(menu, rows, names, stats);
  const titles = columns.map((name) => name.toUpperCase());
  const cells = rows.map((row) => columns.map((name) => oneLine(cliValue(menu.path, name, row[name] ?? ''))));
  const [title = '', ...lines] = drawTable(titles, cells);
  const heads = rows.map((row, number) => headOf(row, number, options, flags, showIds));
  const width = Math.max(...heads.map((head) => head.length));
  const numbered = hasNumbers(menu);
  return [
    ...(flags.legend === undefined ? [] : [flags.legend]),
    `Columns: ${titles.join(', ')}`,
    `${(numbered ? '#' : '').padEnd(width)} ${title}`,
    ...lines.flatMap((line, index) => {
      const remark = rows[index]?.['comment'];
      return [...(remark === undefined ? [] : [`;;; ${remark}`]), `${(heads[index] ?? '').padEnd(width)} ${line}`];
    }),
  ];
}

function headOf(row: Row, number: number, { menu, rows }: PrintOptions, flags: Flags, showIds: boolean): string {
  const letters = flags.letters(row);
  if (!hasNumbers(menu)) return letters;
  return `${label(row, number, rows, showIds)
    .trimStart()
    .padStart(String(rows.length - 1).length)} ${letters}`.padEnd(2);
}

/** Rows of the log and of the history have no numbers. */
function hasNumbers(menu: Menu): boolean {
  return menu.path !== '/log' && menu.path !== '/system/history';
}

function label(row: Row, number: number, rows: readonly Row[], showIds: boolean): string {
  if (showIds) return row['.id'] ?? '';
  return String(number).padStart(Math.max(2, String(rows.length - 1).length));
}

/** The columns that some row has something in. */
function columnsOf(
  menu: Menu,
  rows: readonly Row[],
  names: readonly string[] | undefined,
  stats: boolean,
): readonly string[] {
  const usual = layoutOf(menu.path).columns ?? generalColumns(menu);
  const counters = [...menu.fields.keys()].filter((name) => isCounter(menu.path, name));
  const wanted = names ?? (stats ? [...usual.slice(0, 2), ...counters] : usual);
  return wanted.filter((name) => name !== 'comment' && rows.some((row) => (row[name] ?? '') !== ''));
}

const MOST_COLUMNS = 6;

/** The name of a row, what it must have, then whatever comes first. */
function generalColumns(menu: Menu): string[] {
  const { nameField } = menu.definition;
  const fields = [...menu.fields].filter(([name]) => name !== 'comment' && !isFlag(menu, name));
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  const all = [...(nameField === undefined ? [] : [nameField]), ...required, ...fields.map(([name]) => name)];
  return [...new Set(all)].slice(0, MOST_COLUMNS);
}

/** What a row shows besides its flags and remarks: the menu's columns first, then the others by name. */
function propertiesOf(menu: Menu, row: Row, names: readonly string[] | undefined, withComment = false): string[] {
  const shown = (name: string): boolean =>
    row[name] !== undefined && !name.startsWith('.') && !isFlag(menu, name) && (withComment || name !== 'comment');
  if (names) return names.filter((name) => row[name] !== undefined);
  const order = [...(withComment ? ['comment'] : []), ...(layoutOf(menu.path).columns ?? generalColumns(menu))];
  return [...new Set([...order, ...Object.keys(row)])].filter(shown);
}

function oneLine(text: string): string {
  return text.replaceAll(/\r?\n/g, ' ');
}
