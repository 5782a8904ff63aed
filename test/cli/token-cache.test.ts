import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openTokenCache } from '../../cli/client/token-cache.ts';

test('keeps tokens of different scopes apart, whatever the order of the scopes', async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'convoy-cache-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const cache = openTokenCache(home);
  const at = { issuer: 'https://idp.example', resource: 'https://convoy.example/mcp' };
  const token = { accessToken: 'read-only', expiresAt: '2030-01-01T00:00:00.000Z' };
  await cache.put({ ...at, scope: 'openid fleet:read' }, token);
  expect(await cache.get({ ...at, scope: 'fleet:read openid' })).toEqual(token);
  expect(await cache.get({ ...at, scope: 'openid fleet:read fleet:write' })).toBeNull();
});
