import { expect, it } from 'vitest';
import { askInOrder, type Round } from '../../../mcp-server/fleet/ask-in-order.ts';

const FOREVER: Omit<Round<number, string>, 'items' | 'ask'> = {
  sizeOf: (answer) => answer.length,
  atOnce: 2,
  most: 1000,
  beginBeforeMs: Infinity,
  signal: new AbortController().signal,
};
const FIVE = [0, 1, 2, 3, 4];

it('answers in the order of the items, whoever is faster', async () => {
  const first = Promise.withResolvers<void>();
  const answers = await askInOrder({
    ...FOREVER,
    items: FIVE,
    ask: async (item) => {
      if (item === 0) await first.promise;
      // The slow one holds one place; the other place serves everybody else.
      if (item === 4) first.resolve();
      return `answer ${item}`;
    },
  });
  expect(answers).toEqual(FIVE.map((item) => `answer ${item}`));
});

it('never asks more at once than it may, and tells how many have answered', async () => {
  let running = 0;
  let most = 0;
  const told: number[] = [];
  await askInOrder({
    ...FOREVER,
    items: FIVE,
    onAnswer: (answered) => told.push(answered),
    ask: async () => {
      most = Math.max(most, (running += 1));
      await Promise.resolve();
      running -= 1;
      return '';
    },
  });
  expect([most, told]).toEqual([2, [1, 2, 3, 4, 5]]);
});

it('asks nobody who would not fit any more, and leaves no gap', async () => {
  const asked: number[] = [];
  const ask = async (item: number) => {
    asked.push(item);
    return item === 1 ? 'x'.repeat(20) : 'x'.repeat(6);
  };
  const answers = await askInOrder({ ...FOREVER, items: FIVE, ask, atOnce: 1, most: 15 });
  // The second is too large for what is left; what lies behind it belongs to the next page.
  expect(answers.map(({ length }) => length)).toEqual([6]);
  expect(asked).toEqual([0, 1]);
  expect(await askInOrder({ ...FOREVER, items: [1], ask, most: 15 })).toHaveLength(1);
});

it('begins nothing after its time', async () => {
  const answers = await askInOrder({ ...FOREVER, items: FIVE, ask: async () => 'x', beginBeforeMs: 0 });
  expect(answers).toEqual([]);
});

it('stops asking when nobody waits any more', async () => {
  const gone = new AbortController();
  const asked: number[] = [];
  await askInOrder({
    ...FOREVER,
    items: FIVE,
    signal: gone.signal,
    ask: async (item) => {
      asked.push(item);
      if (item === 1) gone.abort();
      return '';
    },
  });
  expect(asked).toEqual([0, 1]);
});
