import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newMasterKey, parseKeyring } from '../../../../shared/platform/encryption/keyring.ts';
import { keyringDependency } from '../../../../shared/platform/process/dependencies.ts';

const KEYRING = parseKeyring(newMasterKey('k1'));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('does not call the master keys unwell because the database says nothing, and counts when it answers', async () => {
  const { promise, resolve } = Promise.withResolvers<{ place: 'device'; keyId: string; count: number }[]>();
  const counts = vi.fn(() => promise as never);
  const { check } = keyringDependency(KEYRING, { counts });

  const first = check();
  await vi.advanceTimersByTimeAsync(2000);
  expect(await first).toEqual({});
  const second = check();
  await vi.advanceTimersByTimeAsync(2000);
  expect(await second).toEqual({});
  // A database that hangs is not asked again and again.
  expect(counts).toHaveBeenCalledTimes(1);

  resolve([{ place: 'device', keyId: 'k0', count: 1 }]);
  expect(await check()).toMatchObject({ degraded: expect.stringContaining('A master key is missing') });
});
