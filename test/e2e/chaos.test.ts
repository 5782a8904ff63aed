import { expect, it } from 'vitest';
import { FAILED_SEEDS } from '../chaos/failed-seeds.ts';
import { runChaos } from '../chaos/run.ts';

/** A few of those that `npm run chaos` plays by the hundred. */
const SHORT_RUN = [1, 2, 3];

it('holds what it promises while its processes, its servers and its routers fail at random moments', async () => {
  const seeds = [...new Set([...FAILED_SEEDS.map(({ seed }) => seed), ...SHORT_RUN])];
  const lines: string[] = [];
  const { played, violations, counts } = await runChaos({
    seeds,
    atOnce: seeds.length,
    say: (line) => lines.push(line),
  });
  expect(violations, lines.join('\n')).toEqual([]);
  expect(played).toEqual(seeds);
  // A run in which nothing is written proves nothing.
  expect(counts['write over rest'], lines.join('\n')).toBeGreaterThan(0);
}, 420_000);
