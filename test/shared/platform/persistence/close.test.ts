import { expect, it } from 'vitest';
import { openDatabase } from '../../../../shared/platform/persistence/database.ts';
import type { NewCall } from '../../../../shared/platform/persistence/stores/call-store.ts';
import { openTestDatabase } from './open-test-database.ts';

function call(callId: string): NewCall {
  return {
    callId,
    sub: 'ann',
    action: 'get_dns_status',
    readOnly: true,
    argumentsDigest: 'd',
    idempotencyKey: null,
    followsPlan: false,
    planId: null,
    deviceId: null,
    correlationId: 'c',
    keepSeconds: 60,
  };
}

it('closing waits for what is running, with more of it than there are connections, and refuses what comes later', async () => {
  const { url, calls } = await openTestDatabase();
  const closing = await openDatabase({ url, poolMax: 2 });
  const ids = Array.from({ length: 10 }, (_, index) => `call-${index}`);
  const running = ids.map((callId) => closing.calls.open(call(callId)));
  const closed = closing.close();
  await expect(closing.ping()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await closed;
  expect(await Promise.all(running)).toEqual(ids.map(() => null));
  expect(await Promise.all(ids.map((callId) => calls.get('ann', callId)))).not.toContain(null);
});
