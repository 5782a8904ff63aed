import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { keyIdOf, open, seal } from '../../../../shared/platform/encryption/envelope.ts';
import { newMasterKey } from '../../../../shared/platform/encryption/keyring.ts';
import { openKeyring } from '../../../../shared/platform/encryption/live-keyring.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('who holds the keyring seals under the new first key once it is read again, and opens what was sealed before', async () => {
  const masterKeyFile = path.join(await temporaryFolder(), 'master-key');
  const [old, next] = [newMasterKey('old'), newMasterKey('next')];
  await writeFile(masterKeyFile, old);
  const log = { info: vi.fn(), error: vi.fn() };
  const keyring = await openKeyring({ source: { masterKeyFile }, log });
  const sealed = seal(keyring, 'secret', 'dev');
  await writeFile(masterKeyFile, `${next},${old}`);
  expect(keyIdOf(seal(keyring, 'secret', 'dev'))).toBe('old');
  await keyring.reload();
  expect(keyring.ids).toEqual(['next', 'old']);
  expect(keyIdOf(seal(keyring, 'secret', 'dev'))).toBe('next');
  expect(open(keyring, sealed, 'dev')).toBe('secret');
  expect(JSON.stringify(log.info.mock.calls)).not.toContain(next.split(':')[1]);
});

test('keys that cannot be read leave the ones of before in use', async () => {
  const masterKeyFile = path.join(await temporaryFolder(), 'master-key');
  await writeFile(masterKeyFile, newMasterKey('old'));
  const log = { info: vi.fn(), error: vi.fn() };
  const keyring = await openKeyring({ source: { masterKeyFile }, log });
  await writeFile(masterKeyFile, `broken:${randomBytes(8).toString('base64')}`);
  await keyring.reload();
  expect(keyring.first.id).toBe('old');
  expect(log.error).toHaveBeenCalledOnce();
});
