import { expect, test } from 'vitest';
import { deadManNames, deadManScripts, transactionOf } from '../../../shared/routeros/dead-man-script.ts';

test('removes both entries before it takes anything back, each command on its own', () => {
  const { timer } = deadManScripts('9f2c', ['/ip/dns/set servers="9.9.9.9"', '/ip/route/remove *A']);
  expect(timer.split('\r\n')).toEqual([
    ':log warning "convoy-guard-9f2c: not confirmed in time, the change is taken back"',
    ':do {/system/scheduler/remove [find name="convoy-guard-9f2c"]} on-error={:log error "convoy-guard-9f2c: convoy-guard-9f2c was not removed"}',
    ':do {/system/scheduler/remove [find name="convoy-guard-9f2c-boot"]} on-error={:log error "convoy-guard-9f2c: convoy-guard-9f2c-boot was not removed"}',
    ':do {/ip/dns/set servers="9.9.9.9"} on-error={:log error "convoy-guard-9f2c: step 1 was not taken back"}',
    ':do {/ip/route/remove *A} on-error={:log error "convoy-guard-9f2c: step 2 was not taken back"}',
    ':log warning "convoy-guard-9f2c: the change was taken back"',
  ]);
});

test('the entry of a restart waits for the interfaces, and then does the same only if it is still there', () => {
  const { timer, startup } = deadManScripts('9f2c', ['/ip/dns/set servers="9.9.9.9"']);
  expect(startup).toBe(
    `:delay 20s\r\n:if ([:len [/system/scheduler/find name="convoy-guard-9f2c-boot"]] > 0) do={\r\n${timer}\r\n}`,
  );
});

test('a script that is longer than a router surely takes is refused', () => {
  expect(() => deadManScripts('9f2c', ['x'.repeat(30_000)])).toThrow('split the change');
});

test('entries are known by their names, also after their change is forgotten', () => {
  const { timer, startup } = deadManNames('9f2c');
  expect([timer, startup].map(transactionOf)).toEqual(['9f2c', '9f2c']);
  expect(['backup', 'convoy-guard-', 'convoy-guard-A', 'my-convoy-guard-9f2c'].map(transactionOf)).toEqual(
    Array.from({ length: 4 }, () => null),
  );
});
