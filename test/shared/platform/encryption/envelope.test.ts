import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyIdOf, open, rotate, seal } from '../../../../shared/platform/encryption/envelope.ts';
import { parseKeyring } from '../../../../shared/platform/encryption/keyring.ts';

const DEVICE = 'dev_01J00000000000000000000001';

test('opens what it sealed, whatever the text and the owner', () => {
  const keyring = parseKeyring(newKey());
  const name = fc.string().filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), name, (plaintext, aad) => {
      expect(open(keyring, seal(keyring, plaintext, aad), aad)).toBe(plaintext);
    }),
  );
});

test('seals the same secret differently each time and never shows it', () => {
  const keyring = parseKeyring(newKey());
  const first = seal(keyring, 'hunter2-hunter2', DEVICE);
  expect(first).not.toBe(seal(keyring, 'hunter2-hunter2', DEVICE));
  expect(Buffer.from(first.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('hunter2');
});

test('does not open a secret for another device', () => {
  const keyring = parseKeyring(newKey());
  const sealed = seal(keyring, 'secret', DEVICE);
  expect(() => open(keyring, sealed, 'dev_01J00000000000000000000002')).toThrow(
    expect.objectContaining({ code: 'INTERNAL_ERROR', message: expect.stringContaining('does not open') }),
  );
});

test('does not open a secret of which any single bit was turned', () => {
  const keyring = parseKeyring(newKey());
  const sealed = seal(keyring, 'secret', DEVICE);
  const [form, id, ...parts] = sealed.split('.');
  for (const [index, part] of parts.entries()) {
    const bytes = Buffer.from(part, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const altered = [form, id, ...parts.with(index, turned.toString('base64url'))].join('.');
      expect(() => open(keyring, altered, DEVICE), `part ${index}, bit ${bit}`).toThrow('does not open');
    }
  }
});

test('does not open texts of another form', () => {
  const keyring = parseKeyring(newKey());
  const sealed = seal(keyring, 'secret', DEVICE);
  const [form, id, wrapped, ciphertext] = sealed.split('.');
  const others = [
    '',
    'secret',
    sealed.replace('cv1', 'cv2'),
    `${sealed}.x`,
    `${form}.${id}.${wrapped}`,
    `${form}.${id}.${ciphertext}.${wrapped}`,
    `${form}.${id}.AAAA.${ciphertext}`,
    `${sealed}=`,
  ];
  for (const other of others) expect(() => open(keyring, other, DEVICE), other).toThrow('does not open');
});

test('names the missing master key and the ones it has', () => {
  const sealed = seal(parseKeyring(`old:${newKey()}`), 'secret', DEVICE);
  const keyring = parseKeyring(`new:${newKey()},newer:${newKey()}`);
  expect(() => open(keyring, sealed, DEVICE)).toThrow(
    expect.objectContaining({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(/"old".*new, newer/),
    }),
  );
});

test('opens under every key of the list and seals under the first', () => {
  const [oldKey, newerKey] = [newKey(), newKey()];
  const sealed = seal(parseKeyring(`old:${oldKey}`), 'secret', DEVICE);
  const both = parseKeyring(`new:${newerKey},old:${oldKey}`);
  expect(open(both, sealed, DEVICE)).toBe('secret');

  const rotated = rotate(both, sealed, DEVICE);
  expect(keyIdOf(rotated)).toBe('new');
  expect(open(parseKeyring(`new:${newerKey}`), rotated, DEVICE)).toBe('secret');
  expect(rotate(both, rotated, DEVICE)).toBe(rotated);
});

test('refuses to reseal a secret for another device than it belongs to', () => {
  const oldKey = newKey();
  const sealed = seal(parseKeyring(`old:${oldKey}`), 'secret', DEVICE);
  expect(() => rotate(parseKeyring(`new:${newKey()},old:${oldKey}`), sealed, 'dev_other')).toThrow('does not open');
});

function newKey(): string {
  return randomBytes(32).toString('base64');
}
