import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareConfigurations, configurationObjects } from '../../../shared/routeros/configuration-objects.ts';

const compare = (a: string, b: string) => compareConfigurations(configurationObjects(a), configurationObjects(b));
const rules = (...comments: string[]): string =>
  comments.map((comment) => `/ip firewall filter add action=accept chain=input comment=${comment}\n`).join('');

test('a row that is there only once is added or removed, with all its fields', () => {
  const a = '/ip address add address=192.0.2.1/24 interface=ether1\n';
  const b = '/ip address add address=198.51.100.1/24 interface=ether1\n';
  expect(compare(a, b)).toEqual([
    {
      menu: '/ip/address',
      key: 'address=192.0.2.1/24',
      kind: 'removed',
      before: { address: '192.0.2.1/24', interface: 'ether1' },
      after: null,
      fields: ['address', 'interface'],
    },
    {
      menu: '/ip/address',
      key: 'address=198.51.100.1/24',
      kind: 'added',
      before: null,
      after: { address: '198.51.100.1/24', interface: 'ether1' },
      fields: ['address', 'interface'],
    },
  ]);
});

test('a row that stays the same one tells which fields changed', () => {
  const a = '/interface bridge port add bridge=lan interface=ether2 pvid=10\n/ip dns set servers=9.9.9.9\n';
  const b = '/interface bridge port add bridge=lan disabled=yes interface=ether2\n/ip dns set servers=192.0.2.1\n';
  expect(compare(a, b)).toMatchObject([
    { menu: '/interface/bridge/port', key: 'interface=ether2', kind: 'changed', fields: ['disabled', 'pvid'] },
    { menu: '/ip/dns', key: '', kind: 'changed', fields: ['servers'] },
  ]);
});

test('two ways to write one value are equal', () => {
  const a = '/ip dhcp-server add disabled=no lease-time=1m30s name=lan\n/ip service set www disabled=yes\n';
  const b = '/ip dhcp-server add lease-time=90s name=lan\n/ip service set www disabled=true\n';
  expect(compare(a, b)).toEqual([]);
});

test('of rows that are named alike, one goes and the others stay', () => {
  const record = (address: string): string => `/ip dns static add address=${address} name=pool.lan type=A\n`;
  const all = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
  const differences = compare(all.map(record).join(''), all.slice(1).map(record).join(''));
  expect(differences).toMatchObject([{ kind: 'removed', before: { address: '192.0.2.1' } }]);
});

test('a rule that was put elsewhere moved, and only that one', () => {
  expect(compare(rules('a', 'b', 'c', 'd'), rules('d', 'a', 'b', 'c'))).toMatchObject([
    { key: 'chain=input, comment=d', kind: 'moved', fields: [], places: { before: 3, after: 0 } },
  ]);
});

test('a rule that was changed and put elsewhere is both', () => {
  const changed = rules('a', 'b', 'c').replace('accept chain=input comment=a', 'drop chain=input comment=a');
  const [first, ...others] = changed.trimEnd().split('\n');
  expect(compare(rules('a', 'b', 'c'), [...others, first].join('\n'))).toMatchObject([
    { kind: 'changed', fields: ['action'] },
    { kind: 'moved', places: { before: 0, after: 2 } },
  ]);
});

test('where chains are mixed, only the order within each of them counts', () => {
  const input = '/ip firewall filter add action=drop chain=input\n';
  const forward = '/ip firewall filter add action=drop chain=forward\n';
  expect(compare(input + forward, forward + input)).toEqual([]);
});

test('the order of a menu that is no sequence means nothing', () => {
  const [one, two] = ['ether2', 'ether3'].map((name) => `/interface bridge port add bridge=lan interface=${name}\n`);
  expect(compare(`${one}${two}`, `${two}${one}`)).toEqual([]);
});

test('nothing differs from itself, and what one way adds, the other removes', () => {
  const line = fc.constantFrom(
    '/ip address add address=192.0.2.1/24 interface=ether1',
    '/ip address add address=192.0.2.1/24 disabled=yes interface=ether1',
    '/ip dns static add address=192.0.2.1 name=a',
    '/ip dns static add address=192.0.2.2 name=a',
    '/ip firewall filter add action=drop chain=input',
    '/ip firewall filter add action=accept chain=input comment=ssh',
    '/ip firewall filter add action=accept chain=forward comment="ssh #2"',
    '/interface ethernet set [ find default-name=ether1 ] mtu=1400',
    'what no router says',
  );
  const configuration = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(configuration, configuration, (a, b) => {
      expect(compare(a, a)).toEqual([]);
      const count = (kind: string, found: ReturnType<typeof compare>): number =>
        found.filter((one) => one.kind === kind).length;
      const [there, back] = [compare(a, b), compare(b, a)];
      expect(count('added', there)).toBe(count('removed', back));
      expect(count('changed', there)).toBe(count('changed', back));
      expect(count('moved', there)).toBe(count('moved', back));
    }),
  );
});
