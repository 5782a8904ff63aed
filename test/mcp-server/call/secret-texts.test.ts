import { expect, test } from 'vitest';
import { maskSecrets } from '../../../mcp-server/call/secret-texts.ts';
import { redactOutput } from '../../../mcp-server/call/redact-output.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEhunter2\n-----END PRIVATE KEY-----';

test.each([
  ['user changed (password=hunter2)', 'user changed (password=***)'],
  [`found ${PEM} in a file`, 'found [redacted] in a file'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2', '[redacted]'],
  ['token is eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl', 'token is [redacted]'],
  ['token is x-eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'token is x-[redacted]'],
  ['a.b.c.eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.sig.d', 'a.b.c.[redacted].d'],
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
  'eyJhbGciOiJub25lIn0.. and eyJhbGciOiJub25lIn0.b and eyJshort.b.c',
  'SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  'http://127.0.0.1:8081/namespaces/convoy/workflows/plan%2Fpln_1',
  'list=blocked, address=192.0.2.1',
])('%j stays as it is', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test.each(['-eyJaaaaaaaa', 'eyJaaaaaaaa.', 'cv1.a.', '-----BEGIN ', 'password="', String.raw`\"token\":`, 'a://'])(
  'text of nothing but %j is looked at once, not once a beginning',
  (piece) => {
    const cost = (chars: number) => {
      const text = piece.repeat(chars / piece.length);
      const { user } = process.cpuUsage();
      maskSecrets(text);
      return process.cpuUsage().user - user;
    };
    cost(10_000);
    // A look again at every beginning takes a thousand times as long for thirty times as much.
    expect(cost(300_000)).toBeLessThan(100 * Math.max(10_000, cost(10_000)));
  },
);

test('is the last look at every text of an answer, however deep', () => {
  expect(redactOutput({ rows: [{ comment: 'wifi psk=hunter2' }] })).toEqual({ rows: [{ comment: 'wifi psk=***' }] });
});
