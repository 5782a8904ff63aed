import { expect, test } from 'vitest';
import { labConsole } from './support/console.ts';

test.for([
  ['text', ':put "a b"', 'a b'],
  ['a bare word', ':put hello', 'hello'],
  ['escapes', String.raw`:put "a\\b \"c\" \$d \_e \41\C3\A9"`, 'a\\b "c" $d  e Aé'],
  ['variables in text', ':local a 5; :put "is $a, $($a + 1) and $[:len "abc"]"', 'is 5, 6 and 3'],
  ['a variable that is not set', ':put "<$nonesuch>"', '<>'],
  ['arithmetic before joining', ':put (1 + 2 * 3 . "x")', '7x'],
  ['a sum of times', ':put (90s + 30s)', '00:02:00'],
  ['an address and a number', ':put (10.0.0.1 + 5)', '10.0.0.6'],
  ['an address in a prefix', ':put (10.0.0.7 in 10.0.0.0/24)', 'true'],
  ['a regular expression', ':put ("ether12" ~ "^ether[0-9]+\\$")', 'true'],
  ['a repeated group', ':put ("ababab" ~ "^(ab)+\\$")', 'true'],
  ['an expression without end', ':put ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" ~ "^(a+)+\\$")', 'false'],
  ['a number beyond 64 bits', ':put (1 << 100)', '0'],
  ['a number beyond all bounds', ':put ((1 << 5000) & 1)', '0'],
  ['and, or, not', ':put ((1 = 1 and !(2 = 3)) || 1 > 2)', 'true'],
  ['shifts and masks', ':put (6 & 3 | 8)', '10'],
  ['arrays', ':local a {1;"two";k=3}; :put $a; :put [:len $a]; :put ($a->"k"); :put ($a->1)', '1;two;k=3\n3\n3\ntwo'],
  ['joined arrays', ':put ({1;2} , 3)', '1;2;3'],
  ['a part of a text', ':put [:pick "abcdef" 1 3]', 'bc'],
  ['a place in a text', ':put [:find "abcabc" "c" 2]', '5'],
  ['a place that is not there', ':put [:typeof [:find "abc" "x"]]', 'nothing'],
  ['types', ':put [:typeof 1]; :put [:typeof "1"]; :put [:typeof 1.2.3.4]; :put [:typeof {1}]', 'num\nstr\nip\narray'],
  [
    'more types',
    ':put [:typeof true]; :put [:typeof 1d]; :put [:typeof *1F]; :put [:typeof $x]',
    'bool\ntime\nid\nnothing',
  ],
  ['conversions', ':put ([:tonum "7"] + 1); :put [:totime "90"]; :put [:len [:toarray "a,b,c"]]', '8\n00:01:30\n3'],
  ['if and else', ':if (2 > 1) do={:put yes} else={:put no}', 'yes'],
  ['for', ':for i from=3 to=1 do={:put $i}', '3\n2\n1'],
  ['for with a step', ':for i from=0 to=6 step=3 do={:put $i}', '0\n3\n6'],
  ['foreach with keys', ':foreach k,v in={a=1;b=2} do={:put "$k is $v"}', 'a is 1\nb is 2'],
  ['while', ':local i 0; :while ($i < 3) do={:set i ($i + 1)}; :put $i', '3'],
  ['do while', ':local i 0; :do {:set i ($i + 1)} while=($i < 4); :put $i', '4'],
  [
    'a loop that is left',
    ':for i from=1 to=9 do={:if ($i = 2) do={:continue}; :if ($i = 4) do={:break}; :put $i}',
    '1\n3',
  ],
  ['numbers in a row', ':put [:range 1 4]', '1;2;3;4'],
  ['JSON that is read', ':local a [:deserialize from=json value="{\\"b\\":[1,\\"x\\"]}"]; :put ($a->"b"->1)', 'x'],
  ['conversions of texts', ':put [:convert "abc" to=base64]; :put [:convert from=base64 "YWJj"]', 'YWJj\nabc'],
  ['random numbers and texts', ':put [:rndnum 5 5]; :put [:rndstr from="z" length=3]', '5\nzzz'],
  ['a function', ':local add do={:return ($a + $b)}; :put [$add a=2 b=3]', '5'],
  ['arguments by place', ':local second do={:return $2}; :put [$second x y]', 'y'],
  ['on-error', ':do {:error "boom"; :put no} on-error={:put caught}', 'caught'],
  ['onerror', ':onerror e in={:error "boom"} do={:put "got $e"}', 'got boom (:error; line 1)'],
  ['JSON', ':put [:serialize to=json {a=1;b={"x";true}}]', '{"a":1,"b":["x",true]}'],
] as const)('%s', async ([, line, output]) => {
  expect(await labConsole({ version: '7.22.3' }).run(line)).toBe(output);
});

test('retry waits between its attempts', async () => {
  const { router } = labConsole();
  const done: string[] = [];
  router.runScript(':local n 0; :retry {:set n ($n + 1); :if ($n < 3) do={:error "no"}} delay=10s max=5; :put $n', {
    ...script(router),
    output: (line) => done.push(line),
  });
  router.clock.advance(19_000);
  expect(done).toEqual([]);
  router.clock.advance(2000);
  expect(done).toEqual(['3']);
});

test('onerror and serialize came after 7.12', async () => {
  const { run } = labConsole({ version: '7.12.2' });
  expect(await run(':onerror e in={:error x} do={}')).toBe('bad command name onerror (line 1 column 2)');
  expect(await run(':put [:serialize to=json 1]')).toBe('bad command name serialize (line 1 column 8)');
});

test('menus are named with slashes or blanks, from the root or from where one is, and abbreviated', async () => {
  const { run, session } = labConsole();
  for (const line of [
    '/ip address print count-only',
    '/ip/address/print count-only',
    'ip addr pr count',
    '/ip addr/print count-only',
  ]) {
    expect(await run(line)).toBe('2');
  }
  await run('/ip address');
  expect(session.path).toBe('/ip/address');
  expect(await run('print count-only')).toBe('2');
  expect(await run('.. dns print as-value')).toBe('');
  await run('..');
  expect(session.path).toBe('/ip');
  await run('/');
  expect(session.path).toBe('/');
});

test('a bare path holds for the lines after it, and a path with braces for what is in them', async () => {
  const { router } = labConsole();
  router.runScript(
    '/ip address\nset *1 comment=one\n/system identity { set name=two }\nset *2 comment=three',
    script(router),
  );
  expect(router.rows('/ip/address').map((row) => row['comment'])).toEqual(['one', 'three']);
  expect(router.singleton('/system/identity')['name']).toBe('two');
});

test('rows are found by what they print; conditions side by side must all hold', async () => {
  const { run } = labConsole();
  const find = (condition: string): Promise<string> => run(`:put [/ip/address/find ${condition}]`);
  expect(await find('interface=bridge')).toBe('*2');
  expect(await find('where address="10.20.1.1/16"')).toBe('*1');
  expect(await find('where address=10.20.1.1/16 disabled=no')).toBe('*1');
  expect(await find('interface!=bridge')).toBe('*1');
  expect(await find('where address~"^192" or address~"^10"')).toBe('*1;*2');
  expect(await find('where !(interface=bridge) and !disabled')).toBe('*1');
  expect(await find('where .id=*2')).toBe('*2');
  expect(await find('where comment')).toBe('*2');
  expect(await find('comment=nonesuch')).toBe('');
  expect(await run(':local n bridge; :put [/ip/address/find interface=$n]')).toBe('*2');
  expect(await run('/interface/ethernet/set ether3 mtu=1400; :put [:len [/interface/find where mtu<1500]]')).toBe('1');
});

test('in a condition a property hides a variable of the same name', async () => {
  const { run } = labConsole();
  expect(await run(':local interface bridge; :put [/ip/address/find interface=$interface]')).toBe('*1;*2');
});

test('get answers one value with its type, or all of a row', async () => {
  const { run } = labConsole();
  expect(await run(':put [/system/identity/get name]')).toBe('lab-01');
  expect(await run(':put [/ip/address/get *2 address]')).toBe('192.168.88.1/24');
  expect(await run(':put [/ip/address/get [find interface=bridge] comment]')).toBe('defconf');
  expect(await run(':put [:typeof [/interface/get ether1 running]]')).toBe('bool');
  expect(await run(':put ([/interface/get ether1 mtu] + 1)')).toBe('1501');
  expect(await run(':put ([/system/identity/get]->"name")')).toBe('lab-01');
  expect(await run('/ip/address/get *99 address')).toBe('no such item');
  expect(await run('/ip/address/get *1 nonesuch')).toBe('input does not match any value of value-name');
});

test('rows are addressed by id, name, list, or their number in the last print', async () => {
  const { run, router } = labConsole();
  await run('/interface/disable ether2,ether3');
  await run('/interface/comment ether4 "a b"');
  await run('/ip/address/print');
  await run('/ip/address/set 1 comment=second');
  await run('/ip/address/set *1 comment=first');
  expect(router.rows('/ip/address').map((row) => row['comment'])).toEqual(['first', 'second']);
  expect(router.rows('/interface').slice(1, 4)).toMatchObject([
    { disabled: 'true' },
    { disabled: 'true' },
    { comment: 'a b', disabled: 'false' },
  ]);
  await run('/ip/address/print where interface=bridge');
  await run('/ip/address/set 0 comment=bridged');
  expect(router.rows('/ip/address')[1]).toMatchObject({ comment: 'bridged' });
  expect(await run('/ip/address/remove 7')).toBe('no such item');
});

test('what changes something prints nothing, and its id can be had', async () => {
  const { run } = labConsole();
  expect(await run('/ip/address/add address=172.16.0.1/24 interface=ether3')).toBe('');
  expect(await run(':put [/ip/address/add address=172.16.1.1/24 interface=ether3]')).toBe('*4');
  expect(await run('/ip/address/remove [find interface=ether3]; :put [:len [/ip/address/find]]')).toBe('2');
  expect(await run('/ip/address/remove [find interface=ether3]')).toBe('');
});

test('a firewall rule is moved and placed by number and by id', async () => {
  const { run, router } = labConsole();
  await run('/ip/firewall/filter/add chain=input comment=new place-before=*1');
  expect(router.rows('/ip/firewall/filter').find((row) => row['dynamic'] !== 'true')).toMatchObject({ comment: 'new' });
  await run('/ip/firewall/filter/move [find comment=new]');
  expect(router.rows('/ip/firewall/filter').at(-1)).toMatchObject({ comment: 'new' });
});

test('code in braces is kept as text where it is to be run later', async () => {
  const { run, router } = labConsole();
  await run('/system/scheduler/add name=x interval=1m on-event={:log info "from braces"}');
  expect(router.rows('/system/scheduler')[0]).toMatchObject({ 'on-event': ':log info "from braces"' });
  router.clock.advance(60_000);
  expect(router.logLines().at(-1)).toMatchObject({ message: 'from braces' });
});

test('global variables are shared by scripts until the router restarts', async () => {
  const { run, router } = labConsole();
  await run(':global answer 42');
  expect(await run(':put $answer')).toBe('');
  expect(await run(':global answer; :put $answer')).toBe('42');
  router.restart();
  expect(await run(':global answer; :put [:typeof $answer]')).toBe('nothing');
});

test('a console takes one line at a time', async () => {
  expect(await labConsole().run(':put one\n:put two')).toBe('one');
});

function script(router: ReturnType<typeof labConsole>['router']): Parameters<typeof router.runScript>[1] {
  return {
    caller: { user: 'convoy', policies: router.policiesOf('convoy'), transport: 'script', address: '' },
    onFailure: (report) => {
      throw new Error(report);
    },
  };
}
