import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote } from '../../simulator/console/language/quoted-text.ts';
import { writeFile } from '../../simulator/menus/file/files.ts';
import type { Router } from '../../simulator/router/router.ts';
import { exported, labConsole, VERSIONS } from './support/console.ts';

test('an import runs the file, and says so', async () => {
  const { run, router } = labConsole();
  writeFile(
    router,
    'x.rsc',
    '# a comment\r\n/ip address\r\nadd address=172.16.0.1/24 \\\r\n    interface=ether3\r\n/system identity\r\nset name=imported\r\n',
  );
  expect(await run('/import file-name=x.rsc')).toBe(
    '\nOpening script file x.rsc\n\nScript file loaded and executed successfully',
  );
  expect(router.rows('/ip/address')).toHaveLength(3);
  expect(router.singleton('/system/identity')['name']).toBe('imported');
});

test('an import stops at the line that fails, and what was before it stays', async () => {
  const { run, router } = labConsole();
  writeFile(
    router,
    'x.rsc',
    '/system identity set name=first\n/ip address add address=192.168.88.1/24 interface=bridge\n/system identity set name=second\n',
  );
  expect(await run('/import x.rsc')).toBe(
    '\nOpening script file x.rsc\nScript Error: failure: already have such address',
  );
  expect(router.singleton('/system/identity')['name']).toBe('first');
  writeFile(router, 'y.rsc', '/system identity set name=third\n:put "a" b\n/system identity set name=fourth\n');
  expect(await run('/import y.rsc')).toBe('\nOpening script file y.rsc\nexpected end of command (line 2 column 10)');
  expect(router.singleton('/system/identity')['name']).toBe('third');
  expect(await run('/import y.rsc from-line=3')).toContain('Script file loaded and executed successfully');
  expect(router.singleton('/system/identity')['name']).toBe('fourth');
});

test('a dry run finds errors and changes nothing', async () => {
  const { run, router } = labConsole();
  writeFile(router, 'x.rsc', '/system identity set name=never\n/ip nonsense print\n/ip address add nonsense=1\n');
  expect(await run('/import x.rsc verbose=yes dry-run')).toBe(
    [
      '',
      'Opening script file x.rsc',
      'bad command name nonsense (line 2 column 5)',
      'bad parameter nonsense (line 3 column 25)',
      'found 2 error(s) in import file',
    ].join('\n'),
  );
  expect(router.singleton('/system/identity')['name']).toBe('lab-01');
});

test.for(VERSIONS)('on %s an export makes a bare router of the same kind what the exported one is', async (version) => {
  const source = labConsole({ version });
  for (const line of CHANGES) expect(await source.run(line)).toBe('');
  const target = labConsole({ version });
  strip(target.router);
  writeFile(target.router, 'all.rsc', await source.run('/export show-sensitive'));
  expect(await target.run('/import all.rsc')).toContain('Script file loaded and executed successfully');
  expect(await exported(target, '/export show-sensitive')).toEqual(await exported(source, '/export show-sensitive'));
  expect(configuration(target.router)).toEqual(configuration(source.router));
});

test('whatever was changed, the export of it is imported as it was', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }).filter((value) => !/[\r\n]/.test(value));
  const change = fc.oneof(
    fc
      .tuple(fc.nat(250), text)
      .map(
        ([host, comment]) => `/ip address add address=172.20.${host}.1/24 interface=ether3 comment=${quote(comment)}`,
      ),
    fc
      .tuple(fc.constantFrom('input', 'forward'), text)
      .map(
        ([chain, comment]) =>
          `/ip firewall filter add chain=${chain} action=drop comment=${quote(comment)} src-address=192.0.2.1`,
      ),
    fc
      .tuple(fc.nat(250), text)
      .map(
        ([host, comment]) => `/ip dns static add name=h${host}.lan address=10.0.0.${host} comment=${quote(comment)}`,
      ),
    text.map((name) => `/system identity set name=${quote(name)}`),
    fc.integer({ min: 68, max: 1500 }).map((mtu) => `/interface ethernet set ether4 mtu=${mtu}`),
    text.map(
      (source) =>
        `/system scheduler add interval=1h start-date=2030-01-01 start-time=00:00:00 on-event=${quote(source)}`,
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const source = labConsole();
      for (const line of changes) await source.run(line);
      const target = labConsole();
      strip(target.router);
      writeFile(target.router, 'all.rsc', await source.run('/export show-sensitive'));
      expect(await target.run('/import all.rsc')).toContain('Script file loaded and executed successfully');
      expect(await exported(target)).toEqual(await exported(source));
      expect(configuration(target.router)).toEqual(configuration(source.router));
    }),
    { numRuns: 25 },
  );
});

const CHANGES = [
  '/interface bridge add name=lab comment="a \\"b\\" \\$c; \\\\d"',
  '/interface vlan add name=vlan10 vlan-id=10 interface=bridge',
  '/interface ethernet set ether5 comment=spare disabled=yes',
  '/interface list add name=MGMT; /interface list member add list=MGMT interface=vlan10',
  '/ip address add address=172.16.0.1/24 interface=vlan10',
  '/ip dns set servers=9.9.9.9,1.1.1.1 cache-size=4096',
  '/ip dns static add name=a.lan address=10.0.0.5 ttl=1h',
  '/ip route add dst-address=10.99.0.0/16 gateway=10.20.0.1 distance=5; /ip route add dst-address=10.98.0.0/16 blackhole',
  '/ip firewall address-list add list=trusted address=192.0.2.0/24',
  '/ip firewall filter add chain=forward action=drop src-address-list=trusted dst-port=80,443 protocol=tcp log=yes log-prefix="x y"',
  '/ip service set www port=8080; /ip service disable telnet',
  '/system scheduler add name=nightly interval=1d start-time=03:00:00 start-date=2026-01-01 on-event=":log info \\"hi\\"\\r\\n:put 1"',
  '/system ntp client set servers=192.0.2.1',
  '/system clock set time-zone-name=Europe/Prague',
  '/system note set note="line one\\nline two"',
];

/** Takes away what a router of its own comes configured with. */
function strip(router: Router): void {
  router.tree.useAll();
  for (const path of router.tree.paths()) {
    const { kind, rows = 'managed' } = router.tree.menuAt(path).definition;
    if (kind !== 'list' || rows !== 'managed' || KEPT.has(path)) continue;
    router.discard(path, ({ dynamic, values }) => !dynamic && values['default'] !== 'true');
  }
}

const KEPT = new Set([
  '/file',
  '/ip/dhcp-client/option',
  '/system/logging',
  '/system/logging/action',
  '/user',
  '/user/group',
  '/snmp/community',
]);

/** What is configured, without ids, addresses made up for new interfaces, and what differs from moment to moment. */
function configuration(router: Router): Record<string, unknown> {
  const paths = [
    '/interface/bridge',
    '/interface/vlan',
    '/interface/list',
    '/interface/list/member',
    '/ip/address',
    '/ip/dns',
    '/ip/dns/static',
    '/ip/firewall/filter',
    '/ip/firewall/address-list',
    '/ip/service',
    '/system/note',
  ];
  return Object.fromEntries(
    paths.map((path) => [
      path,
      router
        .rows(path)
        .map(
          ({ '.id': _id, 'mac-address': _mac, 'creation-time': _made, bytes: _bytes, packets: _packets, ...row }) =>
            row,
        ),
    ]),
  );
}
