import { applyPatch } from 'diff';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTexts } from '../../../mcp-server/snapshots/compare-texts.ts';

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

test('shows what differs with the lines around it', async () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(await compareTexts(text(before), text(['a', 'b', 'C', 'd', 'e', 'f', 'g']), 1)).toEqual({
    lines: ['@@ -2,3 +2,3 @@', ' b', '-c', '+C', ' d', '@@ -6,1 +6,2 @@', ' f', '+g'],
    added: 2,
    removed: 1,
    isAligned: true,
  });
});

test('applied to the one text it gives the other', async () => {
  const line = fc.constantFrom('/ip dns', 'add x', 'add y', '-- z', '++ z', '@@ z', '');
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(line), fc.nat(4), async (from, to, context) => {
      const { lines, added, removed } = await compareTexts(text(from), text(to), context);
      const patch = text(['--- a', '+++ b', ...lines]);
      expect(lines.length === 0 ? text(from) : applyPatch(text(from), patch)).toBe(text(to));
      expect(added - removed).toBe(to.length - from.length);
    }),
    { numRuns: 60 },
  );
});

test('two texts with nothing in common are counted, not aligned, and hold nobody up', async () => {
  const lines = (prefix: string) => text(Array.from({ length: 30_000 }, (_, index) => `${prefix} ${index}`));
  let longestMs = 0;
  let lastMs = performance.now();
  const watch = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
  }, 1);
  const compared = await compareTexts(lines('old'), lines('new'), 3);
  clearInterval(watch);
  expect(compared).toEqual({ lines: [], added: 30_000, removed: 30_000, isAligned: false });
  expect(longestMs).toBeLessThan(1_000);
}, 30_000);
