import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExport, redactExport } from '../../../shared/routeros/config-export.ts';
import { quoteText } from '../../../shared/routeros/console-quote.ts';
import { redactConsole } from '../../../shared/routeros/redact-console.ts';

const COMPACT = `# 2024-10-25 12:09:43 by RouterOS 7.15.2
# software id = A0AA-AAA0
#
# model = L009UiGS
# serial number = AA111AAAAAA
/interface bridge
add admin-mac=00:00:5E:00:53:00 auto-mac=no comment=defconf name=bridge \\
    port-cost-mode=short
/interface wireless security-profiles
set [ find default=yes ] supplicant-identity=MikroTik
/ip firewall filter
add action=accept chain=input comment=\\
    "defconf: accept established,related,untracked" connection-state=\\
    established,related,untracked
add action=drop chain=input comment="two words, the second one is fol\\
    lowed by a break"
/system note
set show-at-login=no
`;

test('the header is read and lines that the router wrapped are whole again', () => {
  expect(parseExport(redactExport(COMPACT.replaceAll('\n', '\r\n')))).toEqual({
    localTime: '2024-10-25 12:09:43',
    version: '7.15.2',
    softwareId: 'A0AA-AAA0',
    model: 'L009UiGS',
    serialNumber: 'AA111AAAAAA',
    lines: [
      '/interface bridge',
      'add admin-mac=00:00:5E:00:53:00 auto-mac=no comment=defconf name=bridge port-cost-mode=short',
      '/interface wireless security-profiles',
      'set [ find default=yes ] supplicant-identity=MikroTik',
      '/ip firewall filter',
      'add action=accept chain=input comment="defconf: accept established,related,untracked" connection-state=established,related,untracked',
      'add action=drop chain=input comment="two words, the second one is followed by a break"',
      '/system note',
      'set show-at-login=no',
    ],
    notes: [],
    failures: [],
  });
});

test('older versions write the date another way, and virtual routers say less about themselves', () => {
  const parsed = parseExport(
    '# jan/02/2023 10:00:00 by RouterOS 7.8\n# software id = \n#\n/ip dns set servers=9.9.9.9\n',
  );
  expect(parsed).toMatchObject({
    localTime: 'jan/02/2023 10:00:00',
    version: '7.8',
    softwareId: null,
    model: null,
    serialNumber: null,
    lines: ['/ip dns set servers=9.9.9.9'],
    notes: [],
  });
});

test('remarks of the moment stand apart from the configuration', () => {
  const parsed = parseExport(
    [
      '# 2024-10-25 12:09:43 by RouterOS 7.15.2',
      '/interface ethernet',
      '# poe-out status: short_circuit',
      'set [ find default-name=ether1 ] comment=uplink',
      '# ether2 not ready',
      '# Firmware upgraded successfully, please reboot for changes to take effect!',
    ].join('\n'),
  );
  expect(parsed.lines).toEqual(['/interface ethernet', 'set [ find default-name=ether1 ] comment=uplink']);
  expect(parsed.notes).toHaveLength(3);
  expect(parsed.failures).toEqual([]);
});

test('a menu that could not be exported is named: the export is not complete', () => {
  const parsed = parseExport(
    '# 2024-10-25 12:09:43 by RouterOS 7.15.2\n#error exporting "/interface/wifi" (timeout)\n/ip dns\nset servers=9.9.9.9\n',
  );
  expect(parsed.failures).toEqual(['#error exporting "/interface/wifi" (timeout)']);
  expect(parsed.lines).toEqual(['/ip dns', 'set servers=9.9.9.9']);
});

test('secrets that are exported in the clear are masked, whichever form the lines have', () => {
  const terse = redactExport(
    [
      '/snmp community set [ find default=yes ] name=s3cret addresses=10.0.0.0/8',
      '/snmp community add name="another one" security=none',
      '/ip address add address=10.0.0.1/24 comment=kept interface=ether1',
      '/interface bridge add name=bridge',
      '/container envs add key=TOKEN list=app value=s3cret',
    ].join('\n'),
  );
  expect(terse.split('\n')).toEqual([
    '/snmp community set [ find default=yes ] name=*** addresses=10.0.0.0/8',
    '/snmp community add name=*** security=none',
    '/ip address add address=10.0.0.1/24 comment=kept interface=ether1',
    '/interface bridge add name=bridge',
    '/container envs add key=TOKEN list=app value=***',
  ]);
  const compact = redactExport(
    '/snmp community\nset [ find default=yes ] \\\n    name=s3cret\n/interface bridge\nadd name=b\n',
  );
  expect(compact).toBe('/snmp community\nset [ find default=yes ] name=***\n/interface bridge\nadd name=b\n');
  expect(redactExport(compact)).toBe(compact);
});

test.each([
  ['add name=a password=hunter2 profile=x', 'add name=a password=*** profile=x'],
  ['add name=a password="hunter 2" profile=x', 'add name=a password=*** profile=x'],
  ['add name=a password="" profile=x', 'add name=a password="" profile=x'],
  [
    'add on-event="/ppp secret add name=a password=\\"hunter 2\\" profile=x" name=y',
    'add on-event="/ppp secret add name=a password=*** profile=x" name=y',
  ],
  ['add source="password=hunter2" name=y', 'add source="password=***" name=y'],
  ['set wpa2-pre-shared-key="never ends', 'set wpa2-pre-shared-key=***'],
  ['set security.passphrase=hunter2 ssid=x', 'set security.passphrase=*** ssid=x'],
  ['add source=":local wifiPassword \\"hunter2\\"" name=y', 'add source=":local wifiPassword ***" name=y'],
  [':set $apiKey hunter2; :put done', ':set $apiKey ***; :put done'],
  ['{\\"user\\":\\"a\\",\\"token\\":\\"hunter2\\"}', '{\\"user\\":\\"a\\",\\"token\\":***}'],
  ['add url=https://a:hunter2@example.org/x name=y', 'add url=https://a:***@example.org/x name=y'],
  ['header="Authorization: Bearer hunter2hunter2hunter2"', 'header="Authorization: Bearer ***"'],
  ['set minimum-password-length=8', 'set minimum-password-length=8'],
  ['add comment="the basic config of token ring"', 'add comment="the basic config of token ring"'],
])('%s is shown as %s', (line, shown) => {
  expect(redactConsole('/x', line)).toBe(shown);
});

test('no part of a secret is left, whatever it is and however deep it is quoted', () => {
  const secret = fc
    .string({ unit: fc.constantFrom(...'Q7"\\$ ;='.split('')), minLength: 1, maxLength: 24 })
    .map((middle) => `Q7${middle}Q7`);
  fc.assert(
    fc.property(secret, fc.integer({ min: 0, max: 3 }), (text, depth) => {
      let line = `add name=x password=${quoteText(text)} comment=end`;
      for (let level = 0; level < depth; level++) line = `add source=${quoteText(line)} comment=end`;
      const shown = redactConsole('/x', line);
      expect(shown).not.toContain('Q7');
      expect(shown.startsWith(line.slice(0, line.indexOf('password=')))).toBe(true);
      expect(shown.endsWith(' comment=end')).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
