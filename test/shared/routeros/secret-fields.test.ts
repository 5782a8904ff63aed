import { expect, test } from 'vitest';
import { redactText } from '../../../shared/routeros/redact-console.ts';
import { isSecretField, redactRecord } from '../../../shared/routeros/secret-fields.ts';

test('secrets are masked in every menu, under profile prefixes too', () => {
  expect(
    redactRecord('/interface/wireguard', { name: 'wg1', 'private-key': 'gLP306=', 'public-key': 'Hhby=' }),
  ).toEqual({
    name: 'wg1',
    'private-key': '***',
    'public-key': 'Hhby=',
  });
  expect(isSecretField('/interface/wifi', 'security.passphrase')).toBe(true);
});

test('a community is a secret in its own menu only', () => {
  expect(redactRecord('/snmp/community', { name: 'public' })).toEqual({ name: '***' });
  expect(redactRecord('/interface', { name: 'ether1' })).toEqual({ name: 'ether1' });
});

test('flags and unset secrets stay as they are', () => {
  const record = { 'private-key': 'true', password: '', secret: undefined, 'auth-key': 'none' };
  expect(redactRecord('/certificate', record)).toEqual(record);
});

test.each([
  ['user added (/user/add name=x password=hunter2)', 'user added (/user/add name=x password=***)'],
  ['set secret="two words, \\"quoted\\"" done', 'set secret=*** done'],
  ['PASSPHRASE=abc,mode=ap', 'PASSPHRASE=***,mode=ap'],
  ['login failure for user admin', 'login failure for user admin'],
])('log text %o is shown as %o', (text, shown) => {
  expect(redactText(text)).toBe(shown);
});
