import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote } from '../../simulator/console/language/quoted-text.ts';
import { ALL_POLICIES } from '../../simulator/engine/policy.ts';
import { labConsole } from './support/console.ts';

test.for([
  ['foo', 'bad command name foo (line 1 column 1)'],
  ['/foo', 'bad command name foo (line 1 column 2)'],
  ['/zzz qqq print', 'bad command name zzz (line 1 column 2)'],
  ['/ip address nonsense', 'bad command name nonsense (line 1 column 13)'],
  ['/ip address print bogus-attr=1', 'bad parameter bogus-attr (line 1 column 29)'],
  ['/ip address add no-such-arg=x', 'bad parameter no-such-arg (line 1 column 28)'],
  [
    '/ip/address/add address=10.9.9.9/32 interface=ether1 no-such-arg=x',
    'bad parameter no-such-arg (line 1 column 54)',
  ],
  ['/ip address print bogus', 'expected end of command (line 1 column 19)'],
  [':put a b', 'expected end of command (line 1 column 8)'],
  [':put "open', 'syntax error (line 1 column 11)'],
  [String.raw`:put "\q"`, 'syntax error (line 1 column 8)'],
  [':put a$b', 'syntax error (line 1 column 7)'],
  [String.raw`:put a\b`, 'syntax error (line 1 column 7)'],
  [':put "$"', 'expected variable name (line 1 column 8)'],
  ['/ip address set *1 comment=', 'expected input value (line 1 column 28)'],
  ['"text"', 'expected command name (line 1 column 1)'],
  ['/ip address add address=1.1.1.1', 'missing value(s) of argument(s) interface'],
  ['/ip address add', 'missing value(s) of argument(s) address interface'],
  ['/ip address remove', 'missing value(s) of argument(s) numbers'],
  ['/ip address remove *99', 'no such item'],
  ['/ip address add address=1.1.1.1 interface=nowhere', 'input does not match any value of interface'],
  ['/ip address add address=nonsense interface=ether1', 'invalid value for argument address'],
  ['/ip address add address=192.168.88.1/24 interface=bridge', 'failure: already have such address'],
  ['/interface ethernet set ether1 mtu=5x', 'value of mtu contains invalid trailing characters'],
  [':error "my own text"', 'my own text'],
  [':resolve nothing.invalid', 'failure: dns name does not exist'],
] as const)('%s', async ([line, text]) => {
  expect(await labConsole().result(line)).toEqual({ output: `${text}\n`, failed: true });
});

test('the first failure ends a line; what was done before it stays', async () => {
  const { run, router } = labConsole();
  expect(await run('/system identity set name=done; :put first; /ip address remove *99; :put never')).toBe(
    'first\nno such item',
  );
  expect(router.singleton('/system/identity')['name']).toBe('done');
});

test('wrong syntax stops a line before anything happens, a wrong name when it is reached', async () => {
  const { run } = labConsole();
  expect(await run(':put first; :put "open')).toBe('syntax error (line 1 column 23)');
  expect(await run(':put first; /ip nonsense {:put x}')).toBe('first\nbad command name nonsense (line 1 column 17)');
  expect(await run(':do {/ip address add nonsense=1} on-error={:put caught}')).toBe('caught');
});

test('scripts get the place of a failure with its text', async () => {
  const { router } = labConsole();
  const reports: string[] = [];
  const report = (source: string): void => {
    router.runScript(source, {
      caller: { user: 'convoy', policies: ALL_POLICIES, transport: 'script', address: '' },
      onFailure: (text) => reports.push(text),
    });
  };
  report('\n/ip address add address=192.168.88.1/24 interface=bridge');
  report('/ip service set www-ssl certificate=nonesuch');
  report('/ip address remove *99');
  report(':error "x"');
  report(':put [');
  expect(reports).toEqual([
    'failure: already have such address (/ip/address/add; line 2)',
    'input does not match any value of certificate (/ip/service/set (certificate); line 1)',
    'no such item (/ip/address/remove; line 1)',
    'x (:error; line 1)',
    'syntax error (line 1 column 7)',
  ]);
});

test('the policies of the user hold', async () => {
  const { run } = labConsole({ policies: new Set(['read', 'ssh'] as const) });
  expect(await run('/ip address print count-only')).toBe('2');
  expect(await run('/ip address remove *1')).toBe('not enough permissions (9)');
  expect(await run('/ping 10.20.0.1 count=1')).toBe('not enough permissions (9)');
  expect(await run('/export file=x')).toBe('not enough permissions (9)');
  expect(await run('/export show-sensitive')).toBe('not enough permissions (9)');
  const blind = labConsole({ policies: new Set(['write', 'ssh'] as const) });
  expect(await blind.run('/ip address print')).toBe('not enough permissions (9)');
  expect(await blind.run(':put [/ip address find]')).toBe('not enough permissions (9)');
});

test.for([
  ['/ip address print', '(evl /ip/address/print)'],
  ['/ip addr print', '(evl /ip/address/print)'],
  ['/int eth print', '(evl /interface/ethernet/print)'],
  ['/console inspect', '(evl /console/inspect)'],
  [':put x', '(evl /putmessage=x)'],
  ['/ip address add no-such-arg=x', '(evl bad parameter no-such-arg (line 1 column 28) /ip/address/add)'],
  ['/zzz qqq print', '(<%% bad command name zzz (line 1 column 2) zzz;qqq;print)'],
  ['/interface ethernet nonsense monitor', '(<%% bad command name nonsense (line 1 column 21) nonsense;monitor)'],
  ['/system license output', '(<%% bad command name output (line 1 column 17) output)'],
  ['/ip address print bogus', 'expected end of command (line 1 column 19)'],
] as const)('parsing tells of %s without running it', async ([command, form]) => {
  const { run } = labConsole();
  expect(await run(`:put [:parse ${quote(command)}]`)).toBe(form);
});

test('parsed code can be run', async () => {
  expect(await labConsole().run(':local code [:parse ":put 7"]; $code')).toBe('7');
});

test('any text that is quoted by the rules arrives as it was', async () => {
  const { run, router } = labConsole();
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed() && value !== '');
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      expect(await run(`/system identity set name=${quote(value)}`)).toBe('');
      expect(router.singleton('/system/identity')['name']).toBe(value);
    }),
    { numRuns: 300 },
  );
});

test('a text with nothing but backslash, quote and dollar escaped arrives as it was', async () => {
  const { run, router } = labConsole();
  const text = fc
    .string({ unit: 'binary', maxLength: 40 })
    .filter((value) => value.isWellFormed() && !/[\r\n]/.test(value) && value !== '');
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const escaped = value.replaceAll(/[\\"$]/g, String.raw`\$&`);
      expect(await run(`/system identity set name="${escaped}"; :put done`)).toBe('done');
      expect(router.singleton('/system/identity')['name']).toBe(value);
    }),
    { numRuns: 300 },
  );
});

test.for([
  ['a function that calls itself without end', ':global f do={:global f; $f}; $f'],
  ['a loop without end', ':while (true) do={}'],
  ['a row of numbers without end', ':put [:len [:range 1 99999999999]]'],
  ['brackets without end', `:put ${'('.repeat(100_000)}`],
] as const)('%s is interrupted', async ([, line]) => {
  expect(await labConsole({ version: '7.22.3' }).run(line)).toMatch(/^(interrupted|syntax error)/);
});

test('whatever is typed, the console answers and goes on', async () => {
  const { result, run } = labConsole();
  const words = [
    '/ip',
    'address',
    ':put',
    ':if',
    'do=',
    'find',
    'where',
    'print',
    'set',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    '"',
    '$',
    '$x',
    '=',
    '!',
    '~',
    '->',
    ';',
    '\\',
    ' ',
    ' ',
    '1',
    '10s',
    '*1',
    'a',
    '.',
    ',',
    '..',
    '/',
    ':foreach i in=',
    'on-error=',
    '<',
    '&&',
    '#',
    '-',
  ];
  const line = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 3 })), { maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(line, async (typed) => {
      expect(await result(typed.join(''))).toMatchObject({ output: expect.any(String) });
      expect(await run(':put alive')).toBe('alive');
    }),
    { numRuns: 1500 },
  );
});
