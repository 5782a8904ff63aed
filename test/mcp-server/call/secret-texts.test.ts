import { expect, test } from 'vitest';
import { maskSecrets } from '../../../mcp-server/call/secret-texts.ts';
import { redactOutput } from '../../../mcp-server/call/redact-output.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEhunter2\n-----END PRIVATE KEY-----';

test.each([
  ['user changed (password=hunter2)', 'user changed (password=***)'],
  [`found ${PEM} in a file`, 'found [redacted] in a file'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2', '[redacted]'],
  ['token is eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl', 'token is [redacted]'],
  ['sealed as cv1.k1.aaaa.bbbb', 'sealed as [redacted]'],
  ['ftp://backup:hunter2@192.0.2.1/x', 'ftp://backup:***@192.0.2.1/x'],
])('%j is shown as %j', (text, shown) => {
  expect(maskSecrets(text)).toBe(shown);
  expect(maskSecrets(shown)).toBe(shown);
});

test.each([
  'Get a token with the scopes fleet:read fleet:write.',
  'The access token lacks the scope fleet:plan.',
  'key ring of ether1',
  'SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  'http://127.0.0.1:8081/namespaces/convoy/workflows/plan%2Fpln_1',
  'list=blocked, address=192.0.2.1',
])('%j stays as it is', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test('is the last look at every text of an answer, however deep', () => {
  expect(redactOutput({ rows: [{ comment: 'wifi psk=hunter2' }] })).toEqual({ rows: [{ comment: 'wifi psk=***' }] });
});
