import { expect, test } from 'vitest';
import { createCookieSeal } from '../../../mcp-server/gateway/sealed-cookie.ts';

const SECRET = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);

test('opens on every replica that knows the secret, and nowhere else', () => {
  const sealed = createCookieSeal([SECRET]).seal('session', { sub: 'ada' }, 60);
  expect(createCookieSeal([SECRET]).open('session', sealed)).toEqual({ sub: 'ada' });
  expect(createCookieSeal([OTHER]).open('session', sealed)).toBeNull();
});

test('does not show what is inside', () => {
  const sealed = createCookieSeal([SECRET]).seal('session', { sub: 'ada@example.net' }, 60);
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('ada');
});

test('keeps opening what an older secret sealed', () => {
  const sealed = createCookieSeal([SECRET]).seal('session', 1, 60);
  const renewed = createCookieSeal([OTHER, SECRET]);
  expect(renewed.open('session', sealed)).toBe(1);
  expect(createCookieSeal([OTHER]).open('session', renewed.seal('session', 2, 60))).toBe(2);
});

test('does not take what was sealed for another purpose', () => {
  const seal = createCookieSeal([SECRET]);
  expect(seal.open('session', seal.seal('login', { sub: 'ada' }, 60))).toBeNull();
});

test('is void after its time', () => {
  let now = 1_000_000;
  const seal = createCookieSeal([SECRET], () => now);
  const sealed = seal.seal('session', 'x', 60);
  now += 59_999;
  expect(seal.open('session', sealed)).toBe('x');
  now += 1;
  expect(seal.open('session', sealed)).toBeNull();
});

test('refuses a text of which any bit was changed', () => {
  const seal = createCookieSeal([SECRET]);
  const bytes = Buffer.from(seal.seal('session', { sub: 'ada' }, 60), 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(seal.open('session', changed.toString('base64url'))).toBeNull();
  }
  for (const text of ['', 'x', 'not base64url!', 'A'.repeat(39)]) expect(seal.open('session', text)).toBeNull();
});

test('wants a secret worth the name', () => {
  expect(() => createCookieSeal([])).toThrow('a cookie secret is needed');
  expect(() => createCookieSeal(['short'])).toThrow('at least 32 characters');
});
