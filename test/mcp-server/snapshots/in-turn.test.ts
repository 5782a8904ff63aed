import { expect, it } from 'vitest';
import { createTurns } from '../../../mcp-server/snapshots/in-turn.ts';

it('does one thing after the other for each, also after one that failed, and lets others go on meanwhile', async () => {
  const inTurn = createTurns();
  const done: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = inTurn('ann', async () => {
    await held.promise;
    done.push('ann 1');
    throw new Error('the first fails');
  });
  const second = inTurn('ann', async () => {
    done.push('ann 2');
    return 2;
  });
  expect(await inTurn('ben', async () => done.push('ben'))).toBe(1);
  held.resolve();
  await expect(first).rejects.toThrow('the first fails');
  expect(await second).toBe(2);
  expect(done).toEqual(['ben', 'ann 1', 'ann 2']);
});
