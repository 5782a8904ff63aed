import { describe, expect, test } from 'vitest';
import { estimateEnd } from '../../workflows/estimate.ts';

const OPTIONS = { maxParallel: 10, pauseSeconds: 30 };
const AHEAD = {
  nowMs: 0,
  measured: { devices: 4, seconds: 8 },
  waves: [5, 20],
  sites: Infinity,
  pauseUntilMs: null,
  lastTryAtMs: null,
};

describe('when a rollout will end', () => {
  test.each([
    ['is not known before the first device is done', { measured: { devices: 0, seconds: 0 } }, {}, null],
    ['is now, when nothing is left', { waves: [] }, {}, 0],
    ['counts each wave by what is written at once, and the pause after it', {}, {}, 2 + 30 + 4 + 30],
    ['counts the rest of the pause that runs', { pauseUntilMs: 12_000 }, {}, 12 + 2 + 30 + 4 + 30],
    ['counts that sites are narrow', { sites: 2 }, { maxParallelPerSite: 1 }, 5 + 30 + 20 + 30],
    ['is not before the last device that cannot be reached was tried', { lastTryAtMs: 100_000 }, {}, 102],
  ])('%s', (_, ahead, options, seconds) => {
    const endMs = estimateEnd({ ...AHEAD, ...ahead }, { ...OPTIONS, ...options });
    expect(endMs).toBe(seconds === null ? null : seconds * 1000);
  });
});
