import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadKeyring, parseKeyring } from '../../../../shared/platform/encryption/keyring.ts';

test('names a key without an id after its hash, the same each time', () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  expect(parseKeyring(key).first.id).toBe('k4bb06f8e');
  expect(parseKeyring(` ${key}\n`).first.id).toBe('k4bb06f8e');
});

test.each([
  ['', 'is empty'],
  ['not base64!', 'key 1 is not base64'],
  [Buffer.alloc(16).toString('base64'), 'key 1 has 16 bytes'],
  [`a:${Buffer.alloc(32).toString('base64')},b:AAAA`, 'key 2 has 3 bytes'],
  [`a b:${Buffer.alloc(32).toString('base64')}`, 'the id of key 1'],
  [
    `a:${Buffer.alloc(32).toString('base64')},a:${Buffer.alloc(32, 1).toString('base64')}`,
    'names the key id "a" twice',
  ],
])('refuses master keys written as %j', (text, reason) => {
  expect(() => parseKeyring(text, 'CONVOY_MASTER_KEY')).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIGURATION', message: expect.stringContaining(reason) }),
  );
});

test('says nothing of a wrong key but its length', () => {
  const wrong = randomBytes(31).toString('base64');
  expect(() => parseKeyring(wrong)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(wrong) }));
});

test('reads the keys from the variable, a file or a command', async () => {
  const key = randomBytes(32);
  const text = `main:${key.toString('base64')}`;
  const folder = await mkdtemp(join(tmpdir(), 'keyring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'master.key');
  await writeFile(file, `${text}\n`);

  for (const source of [{ masterKey: text }, { masterKeyFile: file }, { masterKeyCommand: `cat '${file}'` }]) {
    const keyring = await loadKeyring(source);
    expect(keyring.first.id).toBe('main');
    expect(keyring.first.key.equals(key)).toBe(true);
  }
});

test('wants exactly one source', async () => {
  await expect(loadKeyring({})).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining('0 are'),
  });
  await expect(loadKeyring({ masterKey: 'x', masterKeyFile: '/y' })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining('2 are'),
  });
});

test('says which file cannot be read and how a command failed, without the command or what it printed', async () => {
  await expect(loadKeyring({ masterKeyFile: '/nowhere/master.key' })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: 'CONVOY_MASTER_KEY_FILE: the file /nowhere/master.key cannot be read (ENOENT).',
  });
  const failure = await loadKeyring({ masterKeyCommand: 'echo hunter2; exit 3' }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: 'CONVOY_MASTER_KEY_COMMAND: the command failed with 3.',
    cause: undefined,
  });
});
