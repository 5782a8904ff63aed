import { expect, it } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

it('counts devices, plans and what of the audit is not anchored', async () => {
  const database = await openTestDatabase();
  await database.devices.insert(sampleDevice({ name: 'a' }), 'sealed');
  await database.devices.insert(sampleDevice({ name: 'b' }), 'sealed');
  await database.audit.append({ key: 'one', action: 'test', actor: 'somebody', outcome: 'ok' });
  const before = await database.counts.count();
  expect([...before.devices]).toContainEqual(['unknown', 2]);
  expect([...before.devices]).toContainEqual(['unreachable', 0]);
  expect([...before.plans]).toContainEqual(['awaiting_approval', 0]);
  expect([...before.plans.keys()]).not.toContain('completed');
  expect(before).toMatchObject({ breakersOpen: 0, audit: { unanchored: 1, anchoredAtSeconds: null } });

  await database.audit.anchor(await database.audit.head());
  const after = await database.counts.count();
  expect(after.audit.unanchored).toBe(0);
  expect(after.audit.anchoredAtSeconds).toBeGreaterThan(Date.now() / 1000 - 600);
});
