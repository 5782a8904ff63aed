import { expect, it } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';

it('keeps what was revoked first, and knows when its list has changed', async () => {
  const { revocations } = await openTestDatabase();
  const eve = { kind: 'user', subject: 'eve@convoy.test', comment: 'left', revokedBy: 'admin' } as const;
  const marks = [await revocations.mark()];
  const first = await revocations.add(eve);
  marks.push(await revocations.mark());
  expect(await revocations.add({ ...eve, comment: 'again' })).toEqual(first);
  expect(await revocations.mark()).toBe(marks.at(-1));
  await revocations.add({ ...eve, kind: 'token' });
  marks.push(await revocations.mark());
  expect(await revocations.list()).toMatchObject([{ kind: 'token' }, { kind: 'user', comment: 'left' }]);
  expect([await revocations.remove(eve), await revocations.remove(eve)]).toEqual([true, false]);
  marks.push(await revocations.mark());
  expect(new Set(marks).size).toBe(marks.length);
});
