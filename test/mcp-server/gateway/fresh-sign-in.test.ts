import { expect, test } from 'vitest';
import { requireFreshSignIn, type SignInAge } from '../../../mcp-server/gateway/fresh-sign-in.ts';

const NOW_MS = Date.parse('2026-11-24T10:15:00Z');

function age(change: Partial<SignInAge> = {}): SignInAge {
  const signedInAtMs = Date.parse('2026-11-24T10:00:00Z');
  return { signal: 'approve', signedInAtMs, nowMs: NOW_MS, maxAgeSeconds: 900, signInAgain: 'Again at x.', ...change };
}

test('lets a decision through up to the age allowed', () => {
  expect(() => requireFreshSignIn(age())).not.toThrow();
});

test.each([
  ['a sign-in that is too old', { nowMs: NOW_MS + 1 }],
  ['a sign-in of unknown age', { signedInAtMs: null }],
  ['a rejection as well', { signal: 'reject' as const, signedInAtMs: null }],
])('refuses %s and says how to go on', (_what, change) => {
  expect(() => requireFreshSignIn(age(change))).toThrow(
    /^To (approve|reject) a plan you must have signed in during the last 15 minutes, so nothing was sent\. Again at x\.$/,
  );
});

test.each(['pause', 'resume', 'abort', 'rollback'] as const)('asks nothing of somebody who wants to %s', (signal) => {
  expect(() => requireFreshSignIn(age({ signal, signedInAtMs: null }))).not.toThrow();
});
