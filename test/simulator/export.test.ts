import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapCommand } from '../../simulator/console/export/wrap-command.ts';
import { exported, labConsole } from './support/console.ts';

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
