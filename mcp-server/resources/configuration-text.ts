/** The lines of a configuration as one text. */
export function configurationText({ lines }: Record<string, unknown>): string {
  return Array.isArray(lines) ? lines.map((line) => `${String(line)}\n`).join('') : '';
}
