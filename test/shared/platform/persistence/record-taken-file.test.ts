import { expect, it } from 'vitest';
import { recordTakenFile, type TakenFile } from '../../../../shared/platform/persistence/record-taken-file.ts';
import { openTestDatabase } from './open-test-database.ts';

const log = { error: (...given: unknown[]) => expect.unreachable(JSON.stringify(given)) };

it('leaves one record whenever the rules are others than before, and none at a start with the same', async () => {
  const { audit } = await openTestDatabase();
  const take = (content: unknown, given: Partial<TakenFile> = {}): Promise<void> =>
    recordTakenFile(audit, log, { action: 'access.loaded', actor: 'svc-web', content, ...given });
  await take({ rules: [1] });
  await take({ rules: [1] });
  await Promise.all(Array.from({ length: 5 }, () => take({ rules: [2] })));
  await take({ rules: [1] });
  await take({ rules: [3] }, { action: 'policy.loaded', actor: 'svc-worker' });
  const records = (await audit.list({ limit: 10 })).toReversed();
  expect(records.map(({ action, details }) => [action, details?.['sha256']])).toEqual([
    ['access.loaded', records[0]?.details?.['sha256']],
    ['access.loaded', records[1]?.details?.['sha256']],
    ['access.loaded', records[0]?.details?.['sha256']],
    ['policy.loaded', expect.stringMatching(/^[0-9a-f]{64}$/)],
  ]);
});

it('tells of the defaults only where a file held before', async () => {
  const { audit } = await openTestDatabase();
  const take = (content: unknown, isDefault: boolean): Promise<void> =>
    recordTakenFile(audit, log, { action: 'policy.loaded', actor: 'svc-web', content, isDefault });
  await take({ by: 'default' }, true);
  expect(await audit.list({ limit: 10 })).toEqual([]);
  await take({ by: 'file' }, false);
  await take({ by: 'default' }, true);
  await take({ by: 'default' }, true);
  expect(await audit.list({ limit: 10 })).toMatchObject([
    { details: { isDefault: true } },
    { details: { isDefault: false } },
  ]);
});
