import { expect, it } from 'vitest';
import { answerInTime } from '../../../mcp-server/call/answer-in-time.ts';

it('answers with the work when it is done in time', async () => {
  await expect(answerInTime(Promise.resolve('done'), () => 'late')).resolves.toBe('done');
  await expect(answerInTime(Promise.reject(new Error('refused')), () => 'late')).rejects.toThrow('refused');
});

it('answers without the work when it takes too long, also when that work fails later', async () => {
  const { promise, reject } = Promise.withResolvers<string>();
  await expect(answerInTime(promise, () => 'late', 1)).resolves.toBe('late');
  reject(new Error('nobody is listening'));
  await expect(promise).rejects.toThrow('nobody is listening');
});
