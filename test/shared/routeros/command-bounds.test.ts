import { expect, test } from 'vitest';
import { boundOf } from '../../../shared/routeros/command-bounds.ts';
import { ROUTER_COMMANDS } from '../../../shared/routeros/commands.ts';

/** RouterOS ends a REST call after this long without having sent a byte. */
const SESSION_LIMIT_MS = 60_000;

const LARGEST: Record<string, string> = { once: '', 'chunk-size': '32768', request: 'child' };

test.each(ROUTER_COMMANDS.filter(({ endsBy }) => endsBy))(
  '$command of $menu cannot run longer than the router lets it',
  ({ menu, command, endsBy }) => {
    for (const [name, bound] of Object.entries(endsBy ?? {})) {
      const value =
        bound.kind === 'count'
          ? String(bound.most)
          : bound.kind === 'duration'
            ? `${bound.mostSeconds}s`
            : LARGEST[name];
      expect(boundOf(menu, command, { [name]: value ?? '' }).worksForMs).toBeLessThan(SESSION_LIMIT_MS);
    }
    expect(() => boundOf(menu, command, { address: '10.0.0.1' })).toThrow('needs one of');
  },
);

test.each([
  ['/tool', 'ping', { count: '0' }],
  ['/tool', 'ping', { count: '21' }],
  ['/tool', 'ping', { count: '1e1' }],
  ['/tool', 'ping', { count: '010' }],
  ['/tool', 'ping', { count: '' }],
  ['/tool', 'torch', { duration: '1h' }],
  ['/tool', 'torch', { duration: '2m' }],
  ['/tool', 'torch', { duration: '0s' }],
  ['/tool', 'torch', { duration: 'forever' }],
  ['/interface', 'monitor-traffic', { once: 'false' }],
  ['/interface', 'monitor-traffic', { once: '', duration: '10m' }],
  ['/file', 'read', { 'chunk-size': '32769' }],
  ['/console', 'inspect', { request: 'everything' }],
  ['/user', 'remove', { '.id': '*1' }],
  ['/system', 'shutdown', {}],
  ['/system', 'reset-configuration', {}],
])('%s %s %o is refused', (menu, command, args) => {
  expect(() => boundOf(menu, command, args as Record<string, string>)).toThrow(
    expect.objectContaining({ code: 'UNSAFE_OPERATION' }),
  );
});

test('gives a command the time that its bound lets it work', () => {
  expect(boundOf('/tool', 'ping', { count: '5' }).worksForMs).toBe(10_000);
  expect(boundOf('/interface', 'monitor-traffic', { duration: '3s' }).worksForMs).toBe(3_000);
  expect(boundOf('/interface', 'monitor-traffic', { duration: '3s', once: '' }).worksForMs).toBe(0);
  expect(boundOf('/ip/dns/cache', 'flush', {}).worksForMs).toBe(0);
});

test('no command is named twice, and every writing one says how a lost reply is settled', () => {
  const names = ROUTER_COMMANDS.map(({ menu, command }) => `${menu} ${command}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { effect, settle } of ROUTER_COMMANDS) expect(settle === undefined).toBe(effect === 'read');
});
