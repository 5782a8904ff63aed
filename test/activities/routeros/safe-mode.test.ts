import { expect, test } from 'vitest';
import { assertNoSafeMode } from '../../../activities/routeros/safe-mode.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

const answering = (safeMode: Record<string, string> | AppError) => ({
  get: async () => {
    if (safeMode instanceof AppError) throw safeMode;
    return safeMode;
  },
});

test('nothing is changed while somebody works in safe mode', async () => {
  await expect(assertNoSafeMode(answering({ enabled: 'true', user: 'alice' }))).rejects.toMatchObject({
    code: 'DEVICE_BUSY',
    message: expect.stringContaining('safe mode'),
    details: { safeModeHolder: 'alice' },
  });
});

test('versions without the menu, and routers where nobody holds it, are fine', async () => {
  await expect(assertNoSafeMode(answering({ enabled: 'false' }))).resolves.toBeUndefined();
  await expect(assertNoSafeMode(answering(new AppError('DEVICE_UNSUPPORTED')))).resolves.toBeUndefined();
});

test('a router that cannot be asked is not taken for one that nobody works on', async () => {
  await expect(assertNoSafeMode(answering(new AppError('DEVICE_TIMEOUT')))).rejects.toMatchObject({
    code: 'DEVICE_TIMEOUT',
  });
});
