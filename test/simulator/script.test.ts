import { expect, test } from 'vitest';
import { ALL_POLICIES } from '../../simulator/engine/policy.ts';
import type { Router } from '../../simulator/router/router.ts';
import { startLabRouter } from './support/lab-router.ts';

/** Runs a script now; returns the failure it ended with, if any. */
function run(router: Router, source: string): string | undefined {
  let failure: string | undefined;
  router.runScript(source, {
    caller: { user: 'convoy', policies: ALL_POLICIES, transport: 'script', address: '' },
    onFailure: (message) => {
      failure = message;
    },
  });
  return failure;
}

const scriptLines = (router: Router): string[] =>
  router
    .logLines()
    .filter((line) => line.topics.startsWith('script,'))
    .map((line) => line.message);

test('menu commands work with slashes and with spaces, several in a line or one in each', async () => {
  const { router } = (await startLabRouter()).device;
  expect(
    run(router, '/system/identity/set name=one; /ip dns set servers=1.1.1.1\n/interface set ether2 mtu=1400'),
  ).toBe(undefined);
  expect(router.singleton('/system/identity')['name']).toBe('one');
  expect(router.singleton('/ip/dns')['servers']).toBe('1.1.1.1');
  expect(router.rows('/interface')[1]).toMatchObject({ name: 'ether2', mtu: '1400' });
});

test('find selects rows by printed values, an id addresses one, and nothing found is nothing done', async () => {
  const { router } = (await startLabRouter()).device;
  expect(run(router, '/ip/address/disable [find interface=bridge disabled=no]')).toBe(undefined);
  expect(run(router, '/ip/address/set *1 comment="with spaces; and \\"quotes\\""')).toBe(undefined);
  expect(run(router, '/ip/address/remove [find comment=nonesuch]')).toBe(undefined);
  expect(router.rows('/ip/address')).toMatchObject([
    { comment: 'with spaces; and "quotes"', disabled: 'false' },
    { disabled: 'true' },
  ]);
});

test('an error ends the script, unless on-error takes it', async () => {
  const { router } = (await startLabRouter()).device;
  expect(run(router, '/ip/dns/set nonsense=1; :log info "not reached"')).toBe(
    'bad parameter nonsense (line 1 column 21)',
  );
  expect(run(router, ':do {:error "boom"; :log info no} on-error={:log error "caught"}; :log info "goes on"')).toBe(
    undefined,
  );
  expect(scriptLines(router)).toEqual(['caught', 'goes on']);
});

test('a delay waits on the clock of the router', async () => {
  const { router } = (await startLabRouter()).device;
  expect(run(router, ':log info before; :delay 20s; :log info after')).toBe(undefined);
  expect(scriptLines(router)).toEqual(['before']);
  router.clock.advance(19_000);
  expect(scriptLines(router)).toEqual(['before']);
  router.clock.advance(1001);
  expect(scriptLines(router)).toEqual(['before', 'after']);
});

test('a delay is lost with the power', async () => {
  const lab = await startLabRouter();
  const { router } = lab.device;
  run(router, ':delay 20s; /system/identity/set name=never');
  await lab.device.cyclePower(0);
  router.clock.advance(60_000);
  expect(router.singleton('/system/identity')['name']).toBe('lab-01');
});

test('comments and empty lines mean nothing', async () => {
  const { router } = (await startLabRouter()).device;
  expect(run(router, '# a comment; :error "no"\n\n  ;;\r\n:log info yes\n# the end')).toBe(undefined);
  expect(scriptLines(router)).toEqual(['yes']);
});

test.for([
  ['an unknown word', 'foo bar', 'bad command name foo (line 1 column 1)'],
  ['an unknown menu', ':log info x\n/ip/nowhere/set a=1', 'bad command name nowhere (line 2 column 5)'],
  ['an open text', ':log info "x', 'syntax error (line 1 column 13)'],
  ['an open block', ':do {:log info x', 'syntax error (line 1 column 17)'],
  ['a dollar in a bare word', ':log info a$x', 'syntax error (line 1 column 12)'],
  ['a second value', ':log info a b', 'expected end of command (line 1 column 13)'],
  ['a comment behind a command', ':log info a # b', 'expected end of command (line 1 column 13)'],
  ['a closing brace too many', ':log info x }', 'syntax error (line 1 column 13)'],
] as const)('%s is reported with its place', async ([, source, message]) => {
  const { router } = (await startLabRouter()).device;
  expect(run(router, source)).toBe(message);
});

test('a condition in parentheses decides between two blocks', async () => {
  const { router } = (await startLabRouter()).device;
  const decide = (condition: string): void => {
    expect(run(router, `:if (${condition}) do={:log info "yes"} else={:log info "no"}`)).toBe(undefined);
  };
  decide('[:len [/ip/address/find interface=ether1]] = 1');
  decide('[:len [/ip/address/find interface=nonesuch]] = 0');
  decide('[:len [/ip/address/find interface=nonesuch]] > 0');
  decide('10 > 9');
  decide('"a" != "a"');
  expect(scriptLines(router)).toEqual(['yes', 'yes', 'no', 'yes', 'no']);
  expect(run(router, ':if ([:len [/ip/address/find]]) do={:log info "some"}')).toBe(undefined);
  expect(scriptLines(router).at(-1)).toBe('some');
});

test('a backslash with two hexadecimal digits is a byte', async () => {
  const { router } = (await startLabRouter()).device;
  expect(run(router, ':log info "a\\41b\\5C"')).toBe(undefined);
  expect(scriptLines(router)).toEqual(['aAb\\']);
});

test('a guard that nobody confirmed takes its change back, step by step, and cannot run twice', async () => {
  const { router } = (await startLabRouter()).device;
  run(
    router,
    '/ip firewall filter add chain=input action=accept comment="tx=9f2c"; /ip address add address=172.16.0.1/24 interface=ether3',
  );
  const onEvent = [
    ':log warning "cc-9f2c: not confirmed, reverting"',
    '/system/scheduler/remove [find name=cc-9f2c]',
    ':do {/ip/firewall/filter/remove [find comment="tx=9f2c"]} on-error={:log error "cc-9f2c undo step 1 failed"}',
    ':do {/ip/address/remove *99} on-error={:log error "cc-9f2c undo step 2 failed"}',
    ':do {/ip/address/remove *3} on-error={:log error "cc-9f2c undo step 3 failed"}',
  ].join('\r\n');
  const quoted = onEvent.replaceAll(/[\\"$]/g, String.raw`\$&`);
  expect(run(router, `/system scheduler add name=cc-9f2c interval=5m on-event="${quoted}"`)).toBe(undefined);
  expect(router.rows('/system/scheduler')[0]).toMatchObject({ 'on-event': onEvent });
  router.clock.advance(301_000);
  expect(scriptLines(router)).toEqual(['cc-9f2c: not confirmed, reverting', 'cc-9f2c undo step 2 failed']);
  expect(router.rows('/ip/firewall/filter').some((rule) => rule['comment'] === 'tx=9f2c')).toBe(false);
  expect(router.rows('/ip/address')).toHaveLength(2);
  expect(router.rows('/system/scheduler')).toEqual([]);
});

test('a backup is only loaded with its password named', async () => {
  const { router } = (await startLabRouter()).device;
  expect(run(router, '/system/backup/save name=pre dont-encrypt=yes')).toBe(undefined);
  expect(run(router, '/system/backup/load name=pre')).toMatch(/^missing value\(s\) of argument\(s\) password/);
});
