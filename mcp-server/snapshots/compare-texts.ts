import { structuredPatch } from 'diff';

/** What differs between two texts. */
export interface Comparison {
  /** Unified diff without file headers: `@@` lines, then ` `, `-` and `+` lines; empty when it was given up. */
  lines: string[];
  added: number;
  removed: number;
  /** False: the texts have so little in common that only lines were counted. */
  isAligned: boolean;
}

/** Differences after which aligning is given up, a millisecond each at least: its time and memory grow with their square. */
const MOST_DIFFERENCES = 2_000;
/** A second wall, milliseconds, for texts of many equal lines; other callers are served meanwhile. */
const ALIGN_WITHIN_MS = 20_000;

/** Compares line by line, with `contextLines` lines around every difference. */
export async function compareTexts(from: string, to: string, contextLines: number): Promise<Comparison> {
  const patch = await align(from, to, contextLines);
  if (patch === undefined) return { lines: [], ...countOnly(from, to), isAligned: false };
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: body }) => [
    `@@ -${startOf(oldStart, oldLines)},${oldLines} +${startOf(newStart, newLines)},${newLines} @@`,
    ...body,
  ]);
  const changed = patch.hunks.flatMap(({ lines: body }) => body.map((line) => line[0]));
  return {
    lines,
    added: changed.filter((sign) => sign === '+').length,
    removed: changed.filter((sign) => sign === '-').length,
    isAligned: true,
  };
}

/** A hunk without lines of a text stands behind the line before it. */
function startOf(start: number, lines: number): number {
  return lines === 0 ? start - 1 : start;
}

function align(from: string, to: string, context: number): Promise<ReturnType<typeof structuredPatch> | undefined> {
  return new Promise((resolve) => {
    // With a callback the work is done in slices, between which others are served.
    structuredPatch('', '', from, to, undefined, undefined, {
      context,
      maxEditLength: MOST_DIFFERENCES,
      timeout: ALIGN_WITHIN_MS,
      callback: resolve,
    });
  });
}

function countOnly(from: string, to: string): { added: number; removed: number } {
  const balance = new Map<string, number>();
  for (const line of to.split('\n')) balance.set(line, (balance.get(line) ?? 0) + 1);
  for (const line of from.split('\n')) balance.set(line, (balance.get(line) ?? 0) - 1);
  const counts = [...balance.values()];
  return {
    added: counts.reduce((sum, count) => sum + Math.max(0, count), 0),
    removed: counts.reduce((sum, count) => sum + Math.max(0, -count), 0),
  };
}
