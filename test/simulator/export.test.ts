import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapCommand } from '../../simulator/console/export/wrap-command.ts';
import { writeFile } from '../../simulator/menus/file/files.ts';
import type { Router } from '../../simulator/router/router.ts';
import { type LabConsole, labConsole, VERSIONS } from './support/console.ts';

/** The lines of an export without its header. */
async function exported({ run }: LabConsole, command = '/export'): Promise<string[]> {
  return (await run(command)).split('\n').filter((line) => !line.startsWith('#'));
}

test('the header tells when, of which software, model and serial number', async () => {
  const { run, router } = labConsole();
  router.setWallClock(Date.UTC(2024, 9, 25, 12, 9, 43));
  const license = router.rows('/system/license')[0] ?? {};
  const board = router.rows('/system/routerboard')[0] ?? {};
  expect((await run('/system identity export')).split('\n')).toEqual([
    '# 2024-10-25 12:09:43 by RouterOS 7.20.8',
    `# software id = ${license['software-id']}`,
    '#',
    '# model = RB5009UPr+S+IN',
    `# serial number = ${board['serial-number']}`,
    '/system identity',
    'set name=lab-01',
  ]);
});

test('a CHR has neither model nor serial number', async () => {
  const lines = (await labConsole({ board: 'chr' }).run('/system identity export')).split('\n');
  expect(lines.slice(1, 4)).toEqual(['# software id = ', '#', '/system identity']);
});

test('sections follow what they refer to, and hold what is not the default', async () => {
  const lines = await exported(labConsole());
  const sections = lines.filter((line) => line.startsWith('/'));
  const wanted = [
    '/interface bridge',
    '/interface list',
    '/ip pool',
    '/interface bridge port',
    '/interface list member',
    '/ip address',
    '/ip dhcp-server network',
    '/ip dns',
    '/ip dns static',
    '/ip firewall filter',
    '/ip firewall nat',
    '/ip route',
    '/system identity',
  ];
  expect(sections.filter((section) => wanted.includes(section))).toEqual(wanted);
  expect(lines).toContain('add comment=defconf name=WAN');
  expect(lines).toContain('add bridge=bridge comment=defconf interface=ether2');
  expect(lines).toContain('add action=accept chain=input comment="defconf: accept ICMP" protocol=icmp');
  expect(lines).toContain('set allow-remote-requests=yes servers=8.8.8.8,8.8.4.4');
});

test('rows that the router has of its own are set, and only what was changed', async () => {
  const lab = labConsole();
  await lab.run('/interface ethernet set ether2 mtu=1514');
  await lab.run('/interface ethernet set ether3 disabled=yes comment="to the roof"');
  await lab.run('/ip service set www port=8080; /ip service disable telnet');
  await lab.run('/system logging set 0 prefix=x');
  expect(await exported(lab, '/interface ethernet export')).toEqual([
    '/interface ethernet',
    'set [ find default-name=ether2 ] mtu=1514',
    'set [ find default-name=ether3 ] comment="to the roof" disabled=yes',
  ]);
  expect(await exported(lab, '/ip service export')).toEqual([
    '/ip service',
    'set telnet disabled=yes',
    'set www port=8080',
  ]);
  expect(await exported(lab, '/system logging export')).toEqual(['/system logging', 'set 0 prefix=x']);
});

test('terse lines are complete, verbose ones show defaults too, a condition picks rows', async () => {
  const lab = labConsole();
  expect(await exported(lab, '/ip address export terse')).toEqual([
    '/ip address add address=10.20.1.1/16 interface=ether1 network=10.20.0.0',
    '/ip address add address=192.168.88.1/24 comment=defconf interface=bridge network=192.168.88.0',
  ]);
  expect(await exported(lab, '/ip address export verbose terse where interface=ether1')).toEqual([
    '/ip address add address=10.20.1.1/16 disabled=no interface=ether1 network=10.20.0.0',
  ]);
});

test('what the router made itself is not exported, and no passwords of users', async () => {
  const lab = labConsole();
  const text = (await lab.run('/export show-sensitive')).replaceAll(/\\\n\s+/g, '');
  expect(text).not.toContain('secret');
  expect(text).not.toContain('special dummy rule');
  expect(text).not.toMatch(/^\/user$/m);
});

test('secrets show on demand, to those who may see them', async () => {
  const lab = labConsole();
  await lab.run('/interface wireguard add name=wg1 private-key="wGWDIpl9mzMtBqFoh6Y+Ik1kJOaHRpEHPbuNQ0fmcE8="');
  expect(await lab.run('/interface wireguard export')).not.toContain('private-key');
  expect(await lab.run('/interface wireguard export hide-sensitive')).not.toContain('private-key');
  expect(await lab.run('/interface wireguard export show-sensitive')).toContain('private-key=');
});

test('a file gets the text, and nothing is printed', async () => {
  const lab = labConsole();
  expect(await lab.run('/ip address export file=addresses')).toBe('');
  const file = lab.router.rows('/file').find((row) => row['name'] === 'addresses.rsc');
  expect(file).toMatchObject({ type: 'script' });
  expect(file?.['contents']).toContain('/ip address\r\nadd address=10.20.1.1/16');
});

test.for([
  [
    'add',
    { address: '192.168.88.1/24', comment: 'defconf', interface: 'bridge', network: '192.168.88.0' },
    ['add address=192.168.88.1/24 comment=defconf interface=bridge network=\\', '    192.168.88.0'],
  ],
  [
    'add',
    {
      action: 'accept',
      chain: 'input',
      comment: 'defconf: accept established,related,untracked',
      'connection-state': 'established,related,untracked',
    },
    [
      'add action=accept chain=input comment=\\',
      '    "defconf: accept established,related,untracked" connection-state=\\',
      '    established,related,untracked',
    ],
  ],
  [
    'add',
    { action: 'drop', chain: 'input', comment: 'defconf: drop all not coming from LAN', 'in-interface-list': '!LAN' },
    ['add action=drop chain=input comment="defconf: drop all not coming from LAN" \\', '    in-interface-list=!LAN'],
  ],
  [
    'add',
    { action: 'accept', chain: 'input', comment: 'defconf: accept ICMPv6', protocol: 'icmpv6' },
    ['add action=accept chain=input comment="defconf: accept ICMPv6" protocol=\\', '    icmpv6'],
  ],
  [
    'add',
    {
      action: 'accept',
      chain: 'input',
      comment: 'defconf: accept DHCPv6-Client prefix delegation.',
      'dst-port': '546',
      protocol: 'udp',
      'src-address': 'fe80::/10',
    },
    [
      'add action=accept chain=input comment=\\',
      '    "defconf: accept DHCPv6-Client prefix delegation." dst-port=546 protocol=\\',
      '    udp src-address=fe80::/10',
    ],
  ],
  [
    'add',
    { action: 'accept', chain: 'input', comment: 'defconf: accept IKE', 'dst-port': '500,4500', protocol: 'udp' },
    ['add action=accept chain=input comment="defconf: accept IKE" dst-port=500,4500 \\', '    protocol=udp'],
  ],
  [
    'add',
    {
      'admin-mac': '00:00:5E:00:53:00',
      'auto-mac': 'no',
      comment: 'defconf',
      name: 'bridge',
      'port-cost-mode': 'short',
    },
    ['add admin-mac=00:00:5E:00:53:00 auto-mac=no comment=defconf name=bridge \\', '    port-cost-mode=short'],
  ],
  [
    'set [ find default-name=ether1 ]',
    { 'disable-running-check': 'no' },
    ['set [ find default-name=ether1 ] disable-running-check=no'],
  ],
] as const)('%s %o is broken as on devices', ([head, values, lines]) => {
  const pairs = Object.entries(values).map(([name, value]) => ({ name, value }));
  expect(wrapCommand(head, pairs)).toEqual(lines);
});

test('whatever the values, lines stay below 80 columns and join to what was meant', () => {
  const word = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });
  const spaces = fc.string({ unit: fc.constantFrom(' ', 'a', '\\', '"'), maxLength: 200 });
  fc.assert(
    fc.property(fc.array(fc.oneof(word, spaces), { maxLength: 6 }), (values) => {
      const pairs = values.map((value, index) => ({ name: `argument-${index}`, value }));
      const lines = wrapCommand('add', pairs);
      const whole = wrapCommandWide(pairs);
      expect(lines.join('\n').replaceAll(/\\\n\s+/g, '')).toBe(whole);
      // A row of blanks is not torn: at the begin of a line it would not count.
      for (const line of lines) if (!/ {20}/.test(line)) expect(line.length).toBeLessThan(80);
    }),
  );
});

/** The same command in one line, put together from its arguments one by one. */
function wrapCommandWide(pairs: readonly { readonly name: string; readonly value: string }[]): string {
  const words = pairs.map((pair) =>
    wrapCommand('', [pair])
      .join('\n')
      .replaceAll(/\\\n\s+/g, '')
      .trimStart(),
  );
  return ['add', ...words].join(' ');
}

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
