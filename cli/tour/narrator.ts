/** Prints the tour as it happens: numbered chapters, and lines that say what is real. */
export interface Narrator {
  chapter(title: string): void;
  /** Something that happened. */
  fact(text: string): void;
  /** A check of the tour itself; a failed one ends the tour. */
  check(text: string, isTrue: boolean): void;
  table(rows: readonly (readonly string[])[]): void;
}

export class TourFailure extends Error {}

export function createNarrator(print: (line: string) => void): Narrator {
  const startedAtMs = Date.now();
  let chapters = 0;
  return {
    chapter(title) {
      chapters += 1;
      const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
      print('');
      print(`${chapters}. ${title}  (${seconds} s)`);
    },
    fact: (text) => print(`   ${text}`),
    check(text, isTrue) {
      print(`   ${isTrue ? '✓' : '✗'} ${text}`);
      if (!isTrue) throw new TourFailure(`The tour did not go as it must: ${text}`);
    },
    table(rows) {
      const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
      for (const row of rows) {
        print(
          `     ${row
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join('  ')
            .trimEnd()}`,
        );
      }
    },
  };
}
