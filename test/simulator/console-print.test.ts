import { expect, test } from 'vitest';
import { BOARDS, type BoardKey } from '../../simulator/boards.ts';
import { labConsole, VERSIONS } from './support/console.ts';

const lines = async (output: Promise<string>): Promise<string[]> => (await output).split('\n');

test('a table has its flags and columns, remarks on lines of their own, and an empty line after it', async () => {
  const { run } = labConsole();
  expect(await lines(run('/ip address print'))).toEqual([
    'Columns: ADDRESS, NETWORK, INTERFACE',
    '#  ADDRESS          NETWORK       INTERFACE',
    '0  10.20.1.1/16     10.20.0.0     ether1   ',
    ';;; defconf',
    '1  192.168.88.1/24  192.168.88.0  bridge   ',
    '',
  ]);
  await run('/ip address disable 0');
  expect((await lines(run('/ip address print'))).slice(0, 4)).toEqual([
    'Flags: X - DISABLED',
    'Columns: ADDRESS, NETWORK, INTERFACE',
    '#   ADDRESS          NETWORK       INTERFACE',
    '0 X 10.20.1.1/16     10.20.0.0     ether1   ',
  ]);
});

test('each group of flags is a column', async () => {
  const [legend, columns, title, first, second] = await lines(labConsole().run('/ip route print'));
  expect(legend).toBe('Flags: D - DYNAMIC; A - ACTIVE; c - CONNECT, s - STATIC');
  expect(columns).toBe('Columns: DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE');
  expect(title).toMatch(/^# {5}DST-ADDRESS +GATEWAY +ROUTING-TABLE +DISTANCE$/);
  expect(first).toMatch(/^0 DAc 10\.20\.0\.0\/16 +ether1 +main +0$/);
  expect(second).toMatch(/^1 DAc 192\.168\.88\.0\/24/);
});

test('figures stand to the right', async () => {
  const { run } = labConsole();
  await run('/interface ethernet set ether2 mtu=900');
  const printed = await lines(run('/interface print proplist=name,mtu where name~"ether[12]\\$"'));
  expect(printed.slice(-4)).toEqual(
    ['#    NAME    MTU ', '0 R  ether1  1500', '1 RS ether2   900', ''].map((line) =>
      expect.stringMatching(looseBlanks(line)),
    ),
  );
});

/** Blanks between columns, whatever their number, but where the figures end. */
function looseBlanks(line: string): RegExp {
  return new RegExp(`^${line.trim().replaceAll(/ +/g, ' +')} *$`);
}

test('an empty menu prints nothing, and its number is 0', async () => {
  const { run } = labConsole();
  expect(await run('/interface vlan print')).toBe('');
  expect(await run('/interface vlan print count-only')).toBe('0');
  expect(await run(':put [/interface vlan print as-value]')).toBe('');
});

test('details wrap at the width of a terminal, with flags in small letters and texts in quotes', async () => {
  const { run } = labConsole();
  await run(
    '/system scheduler add name=x interval=1h start-date=2026-01-01 start-time=03:00:00 on-event=":put 1" comment="a remark"',
  );
  const printed = await lines(run('/system scheduler print detail'));
  expect(printed[0]).toBe('Flags: X - disabled ');
  expect(printed[1]).toBe(' 0   ;;; a remark');
  expect(printed.slice(2).join(' ')).toContain('name="x" start-date=2026-01-01 start-time=03:00:00 interval=1h');
  expect(printed.slice(2).join(' ')).toContain('on-event=":put 1"');
  expect(printed.at(-1)).toBe('');
  for (const line of printed) expect(line.length).toBeLessThanOrEqual(81);
});

test('firewall rules print in detail without being asked', async () => {
  const { run } = labConsole();
  const printed = await lines(run('/ip firewall filter print where comment="defconf: accept ICMP"'));
  expect(printed[0]).toBe('Flags: X - disabled, I - invalid; D - dynamic ');
  expect(printed[1]).toMatch(/^ 0 +;;; defconf: accept ICMP$/);
  expect(printed[2]).toMatch(/^ +chain=input action=accept .*protocol=icmp/);
});

test('counters show with stats only', async () => {
  const { run } = labConsole();
  const rule = 'where comment="defconf: accept ICMP"';
  expect(await run(`/ip firewall filter print ${rule}`)).not.toContain('bytes');
  expect(await run(`:put [/ip firewall filter print detail as-value ${rule}]`)).not.toContain('bytes');
  expect(await run(`:put [/ip firewall filter print stats as-value ${rule}]`)).toMatch(/;bytes=\d+;.*;packets=\d+;/);
  const table = await lines(run(`/ip firewall filter print stats ${rule}`));
  expect(table.slice(0, 2)).toEqual([
    'Columns: CHAIN, ACTION, BYTES, PACKETS',
    expect.stringMatching(/^# {2}CHAIN +ACTION +BYTES +PACKETS$/),
  ]);
  expect(await run(':put [/interface get ether1 rx-byte]')).toMatch(/^\d+$/);
});

test('terse prints one line a row', async () => {
  const [first, second] = await lines(labConsole().run('/ip address print terse'));
  expect(first).toMatch(/^ 0 +address=10\.20\.1\.1\/16 network=10\.20\.0\.0 interface=ether1/);
  expect(second).toMatch(/^ 1 +comment=defconf address=192\.168\.88\.1\/24/);
});

test('as-value prints nothing itself; put shows it in one line, each row beginning with its id', async () => {
  const { run } = labConsole();
  expect(await run('/ip address print as-value')).toBe('');
  const text = await run(':put [/ip address print detail as-value]');
  expect(text.split('.id=').map((part) => part.split(';')[0])).toEqual(['', '*1', '*2']);
  expect(text).toContain('.id=*2;actual-interface=bridge;address=192.168.88.1/24;comment=defconf;disabled=false');
  expect(
    JSON.parse(await run(':put [:serialize to=json [/ip address print as-value proplist=address,disabled]]')),
  ).toEqual([
    { '.id': '*1', address: '10.20.1.1/16', disabled: false },
    { '.id': '*2', address: '192.168.88.1/24', disabled: false },
  ]);
});

test('a singleton prints its keys to the right, with units; from 7.18 on values are filled up', async () => {
  const printed = await lines(labConsole({ version: '7.20.8' }).run('/system resource print'));
  expect(printed[1]).toMatch(/^ {18}version: 7\.20\.8 \(stable\) {4}$/);
  expect(printed).toContainEqual(expect.stringMatching(/^ {13}total-memory: 1024\.0MiB *$/));
  expect(printed).toContainEqual(expect.stringMatching(/^ {12}cpu-frequency: \d+MHz *$/));
  expect(printed).toContainEqual(expect.stringMatching(/^ {17}cpu-load: \d+% *$/));
  expect(printed.at(-1)).toBe('');
  expect(new Set(printed.slice(0, -1).map((line) => line.length)).size).toBe(1);
  const old = await lines(labConsole({ version: '7.16.2' }).run('/system resource print'));
  expect(old[1]).toBe('                  version: 7.16.2 (stable)');
});

test('truth is yes and no, sizes have units', async () => {
  const { run } = labConsole();
  const printed = await lines(run('/ip dns print'));
  expect(printed).toContainEqual(expect.stringMatching(/allow-remote-requests: yes *$/));
  expect(printed).toContainEqual(expect.stringMatching(/cache-size: 2048KiB *$/));
});

test('the log has no numbers', async () => {
  const { run } = labConsole();
  await run(':log info "a line"');
  const printed = await lines(run('/log print'));
  expect(printed[0]).toBe('Columns: TIME, TOPICS, MESSAGE');
  expect(printed).toContainEqual(expect.stringMatching(/^ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}script,info +a line *$/));
});

test('ids stand in the place of numbers on demand, and a file takes what is printed', async () => {
  const { run, router } = labConsole();
  expect(await run('/ip address print show-ids')).toMatch(/^\*1 {2}10\.20\.1\.1\/16/m);
  expect(await run('/ip address print file=addresses')).toBe('');
  expect(router.rows('/file').find((file) => file['name'] === 'addresses.txt')?.['contents']).toContain(
    '192.168.88.1/24',
  );
});

test('commands that report print their rows', async () => {
  const { run } = labConsole();
  const ping = await lines(run('/ping 10.20.0.1 count=2'));
  expect(ping[0]).toMatch(/^ {2}SEQ HOST +SIZE TTL TIME +STATUS$/);
  expect(ping.at(-2)).toMatch(/^ {4}sent=2 received=2 packet-loss=0% min-rtt=\S+ avg-rtt=\S+ max-rtt=\S+$/);
  expect(await run(':put [/ping 10.20.0.1 count=2]')).toMatch(/\n2$/);
  const traffic = await lines(run('/interface monitor-traffic ether1 once'));
  expect(traffic).toContainEqual(expect.stringMatching(/^ +name: ether1$/));
});

test.for(VERSIONS.flatMap((version) => (Object.keys(BOARDS) as BoardKey[]).map((board) => [board, version] as const)))(
  'every menu of a %s on %s prints in every form, and its export can be read again',
  async ([board, version]) => {
    const { run, router, result } = labConsole({ board, version });
    router.tree.useAll();
    for (const path of router.tree.paths()) {
      if (router.tree.menuAt(path).definition.kind === 'directory') continue;
      for (const form of ['', ' detail', ' terse', ' as-value', ' count-only']) {
        const { failed, output } = await result(`${path}/print${form}`);
        expect({ path, form, failed, output: failed ? output : '' }).toEqual({ path, form, failed: false, output: '' });
      }
    }
    await run('/export verbose show-sensitive file=all');
    const dry = version === '7.12.2' ? undefined : await run('/import all.rsc verbose=yes dry-run');
    expect(dry ?? 'found 0 error(s) in import file').toContain('found 0 error(s) in import file');
  },
);
