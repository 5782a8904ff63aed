import type { Row } from '../../engine/definition.ts';
import type { Command } from '../language/syntax-tree.ts';
import type { ScriptRun } from '../run/script-run.ts';
import type { Value } from '../run/values.ts';
import { cliValue } from './cli-value.ts';
import { drawProperties, drawTable } from './table.ts';

/** Writes the rows that a command answered, and gives what it returns in a script. */
export function printReply({ path, name }: Command, rows: readonly Row[], run: ScriptRun): Value {
  if (name === 'ping') return printPing(rows, run.output);
  const [first] = rows;
  if (rows.length === 1 && first) {
    const properties = Object.entries(first)
      .filter(([key]) => !key.startsWith('.'))
      .map(([key, value]) => [key, cliValue(path, key, value)] as const);
    for (const line of [...drawProperties(properties, false), '']) run.output(line);
    return undefined;
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => !key.startsWith('.'));
  if (columns.length === 0) return undefined;
  const cells = rows.map((row) => columns.map((key) => cliValue(path, key, row[key] ?? '')));
  const titles = columns.map((key) => key.toUpperCase());
  for (const line of [`Columns: ${titles.join(', ')}`, ...drawTable(titles, cells), '']) run.output(line);
  return undefined;
}

/** A line for each packet and one for all of them; the value is how many came back. */
function printPing(rows: readonly Row[], output: (line: string) => void): number {
  const cell = (row: Row): string[] => [
    (row['seq'] ?? '').padStart(5),
    (row['host'] ?? '').padEnd(40),
    (row['size'] ?? '').padStart(4),
    (row['ttl'] ?? '').padStart(3),
    (row['time'] ?? '').padEnd(10),
    row['status'] ?? '',
  ];
  output(`${'SEQ'.padStart(5)} ${'HOST'.padEnd(40)} SIZE TTL ${'TIME'.padEnd(10)} STATUS`);
  for (const row of rows) output(cell(row).join(' ').trimEnd());
  const last = rows.at(-1) ?? {};
  const times = ['min-rtt', 'avg-rtt', 'max-rtt'].flatMap((key) =>
    last[key] === undefined ? [] : [`${key}=${last[key]}`],
  );
  const sums = [
    `sent=${last['sent'] ?? 0}`,
    `received=${last['received'] ?? 0}`,
    `packet-loss=${last['packet-loss'] ?? 100}%`,
  ];
  output(`    ${[...sums, ...times].join(' ')}`);
  output('');
  return Number(last['received'] ?? 0);
}
