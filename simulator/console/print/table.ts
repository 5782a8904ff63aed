/** A table as the console draws it: columns two blanks apart and filled up, figures to the right. */
export function drawTable(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const toRight = titles.map(
    (_, column) => rows.some((row) => row[column] !== '') && rows.every((row) => /^[\d ]*$/.test(row[column] ?? '')),
  );
  return cells.map((row) =>
    titles
      .map((_, column) => {
        const cell = row[column] ?? '';
        const width = widths[column] ?? 0;
        return toRight[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  '),
  );
}

/** `key: value` lines with the keys to the right, as singletons print. */
export function drawProperties(properties: readonly (readonly [string, string])[], padded: boolean): string[] {
  const keyWidth = Math.max(0, ...properties.map(([key]) => key.length));
  const valueWidth = padded ? Math.max(0, ...properties.map(([, value]) => value.length)) : 0;
  return properties.map(([key, value]) => `  ${key.padStart(keyWidth)}: ${value.padEnd(valueWidth)}`);
}
