import { expect, test } from 'vitest';
import { safeReturnPath } from '../../../mcp-server/gateway/return-path.ts';

test('goes back to a path of its own with its query', () => {
  const path = '/namespaces/convoy/workflows/plan%2Fpln_1/abc/history?sort=descending';
  expect(safeReturnPath(path)).toBe(path);
});

test.each([
  ['nothing', undefined],
  ['another site', 'https://evil.example/'],
  ['a protocol-relative address', '//evil.example/'],
  ['a backslash that browsers read as a slash', '/\\evil.example'],
  ['a line break', '/a\r\nSet-Cookie: x=1'],
  ['a tab that browsers drop', '/\t/evil.example'],
  ['a path that climbs out to another host', '/..//evil.example'],
  ['no leading slash', 'namespaces'],
  ['the sign-in itself', '/oauth/login?returnTo=/oauth/login'],
  ['far too much', `/${'a'.repeat(3000)}`],
])('goes home instead of to %s', (_what, given) => {
  expect(safeReturnPath(given)).toBe('/');
});
