import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactExport } from '../../../shared/routeros/config-export.ts';
import { configurationObjects } from '../../../shared/routeros/configuration-objects.ts';
import { normalExport } from '../../../shared/routeros/normal-export.ts';
import { quote } from '../../../simulator/console/language/quoted-text.ts';
import { labConsole, VERSIONS } from '../../simulator/support/console.ts';

/** Rows by menu, as `key` and values. */
function rowsOf(text: string): Record<string, [key: string, values: Record<string, string>][]> {
  const menus = configurationObjects(text);
  return Object.fromEntries(menus.map(({ menu, rows }) => [menu, rows.map(({ key, values }) => [key, values])]));
}

test('a configuration of the compact form is read as well as one of whole lines', () => {
  const compact = redactExport(
    [
      '# 2024-10-25 12:09:43 by RouterOS 7.15.2',
      '/interface bridge',
      'add admin-mac=00:00:5E:00:53:00 auto-mac=no comment=defconf name=bridge \\',
      '    port-cost-mode=short',
      '/interface wireless security-profiles',
      'set [ find default=yes ] supplicant-identity=MikroTik',
      '/ip firewall filter',
      'add action=accept chain=input comment=\\',
      '    "defconf: accept established,related,untracked" connection-state=\\',
      '    established,related,untracked',
      '/system note',
      'set show-at-login=no',
    ].join('\r\n'),
  );
  expect(configurationObjects(compact)).toEqual([
    {
      menu: '/interface/bridge',
      isOrdered: false,
      isSingleton: false,
      rows: [
        {
          key: 'name=bridge',
          rowKey: { name: 'bridge' },
          command: 'add',
          values: {
            'admin-mac': '00:00:5E:00:53:00',
            'auto-mac': 'no',
            comment: 'defconf',
            name: 'bridge',
            'port-cost-mode': 'short',
          },
        },
      ],
    },
    {
      menu: '/interface/wireless/security-profiles',
      isOrdered: false,
      isSingleton: false,
      rows: [
        {
          key: 'default=yes',
          rowKey: { default: 'yes' },
          command: 'set',
          values: { 'supplicant-identity': 'MikroTik' },
        },
      ],
    },
    {
      menu: '/ip/firewall/filter',
      isOrdered: true,
      isSingleton: false,
      rows: [
        {
          key: 'chain=input, comment="defconf: accept established,related,untracked"',
          rowKey: { chain: 'input', comment: 'defconf: accept established,related,untracked' },
          command: 'add',
          values: {
            action: 'accept',
            chain: 'input',
            comment: 'defconf: accept established,related,untracked',
            'connection-state': 'established,related,untracked',
          },
        },
      ],
    },
    {
      menu: '/system/note',
      isOrdered: false,
      isSingleton: true,
      rows: [{ key: '', rowKey: {}, command: 'set', values: { 'show-at-login': 'no' } }],
    },
  ]);
});

test.each([
  ['/interface ethernet set [ find default-name=ether1 ] mtu=1400', { 'default-name': 'ether1' }],
  ['/interface wifi set [ find where default-name="wifi 1" ] disabled=no', { 'default-name': 'wifi 1' }],
  ['/ip ipsec policy set 0 disabled=yes', { numbers: '0' }],
  ['/ip service set telnet disabled=yes', { name: 'telnet' }],
  ['/interface bridge set "my bridge" mtu=1500', { name: 'my bridge' }],
  ['/ip ssh set *1 a=b', { '.id': '*1' }],
  ['/interface bridge port add bridge=lan interface=ether2', { interface: 'ether2' }],
  ['/interface list member add interface=ether1 list=WAN', { interface: 'ether1', list: 'WAN' }],
  ['/routing filter rule add chain=bgp-in rule="accept;"', { chain: 'bgp-in', rule: 'accept;' }],
  ['/ip firewall nat add action=masquerade chain=srcnat disabled=yes', { action: 'masquerade', chain: 'srcnat' }],
])('%s names its row', (line, rowKey) => {
  expect(configurationObjects(line)[0]?.rows[0]?.rowKey).toEqual(rowKey);
});

test('values lose their quotes and escapes, whatever stands in them', () => {
  const [menu] = configurationObjects(
    '/system script add name=x policy=read,write source=":log info \\"a=b \\$c\\";\\r\\n:delay 1s\\\\\\_\\D0\\9F\\FC"',
  );
  expect(menu?.rows[0]?.values).toEqual({
    name: 'x',
    policy: 'read,write',
    source: ':log info "a=b $c";\r\n:delay 1s\\ \u00d0\u009f\u00fc',
  });
  const [named] = configurationObjects('/interface set ether1 comment="\\D0\\9F"');
  expect(named?.rows[0]?.values).toEqual({ comment: '\u041f' });
});

test('flags are empty, also those taken back, and a prefix that is not repeated is', () => {
  expect(rowsOf('/ip route add blackhole dst-address=10.0.0.0/8 !pref-src')).toEqual({
    '/ip/route': [['dst-address=10.0.0.0/8', { blackhole: '', 'dst-address': '10.0.0.0/8', '!pref-src': '' }]],
  });
  expect(rowsOf('/routing bgp connection add local.role=ebgp name=up remote.address=192.0.2.1 .as=65001')).toEqual({
    '/routing/bgp/connection': [
      ['name=up', { 'local.role': 'ebgp', name: 'up', 'remote.address': '192.0.2.1', 'remote.as': '65001' }],
    ],
  });
});

test('rows that are named alike get numbers, and no name is taken for one with a number', () => {
  const lines = ['name=a', 'name=a', 'name="a #2"'].map((name) => `/ip pool add ${name} ranges=192.0.2.1`);
  expect(rowsOf(lines.join('\n'))['/ip/pool']?.map(([key]) => key)).toEqual(['name=a', 'name=a #2', 'name="a #2"']);
});

test('a line that is no command is kept as it is, and none makes it fail', () => {
  expect(rowsOf('/ip firewall filter\nmove 1 destination=0')).toEqual({
    '/ip/firewall/filter': [['"move 1 destination=0"', {}]],
  });
  fc.assert(fc.property(fc.string(), (text) => void configurationObjects(`/ip dns static add ${text}\n${text}`)));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('/ip', ' add', ' set', '[', ']', '"', '\\', '=', 'a', ' ', '\n', '!', '.')),
      (parts) => void configurationObjects(parts.join('')),
    ),
  );
});

test('every text that a router quotes is read as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (comment) => {
      const [menu] = configurationObjects(`/ip pool add comment=${quote(comment)} name=x ranges=192.0.2.1`);
      expect(menu?.rows[0]?.values).toEqual({ comment, name: 'x', ranges: '192.0.2.1' });
    }),
  );
});

test.each(VERSIONS)('every line that RouterOS %s exports is a row', async (version) => {
  const { run } = labConsole({ version });
  const { text, lines } = normalExport(redactExport(await run('/export terse')));
  const menus = configurationObjects(text);
  expect(lines).toBeGreaterThan(40);
  expect(menus.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(lines);
  expect(menus.find(({ menu }) => menu === '/ip/dns')).toMatchObject({ isSingleton: true });
  expect(configurationObjects(redactExport(await run('/export')))).toEqual(menus);
  for (const { rows } of menus) {
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    // Nothing of the syntax is left over.
    expect(rows.filter(({ key }) => /[[\]]/.test(key))).toEqual([]);
  }
});
