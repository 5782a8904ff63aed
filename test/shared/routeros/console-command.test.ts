import { expect, test } from 'vitest';
import {
  addRow,
  attempt,
  changeRow,
  moveRow,
  removeRow,
  setSingleton,
} from '../../../shared/routeros/console-command.ts';

test('sets a singleton; text is quoted, and what would be acted upon is escaped', () => {
  expect(setSingleton('/ip/dns', { servers: '9.9.9.9,1.1.1.1', 'allow-remote-requests': 'true' })).toBe(
    '/ip/dns/set servers="9.9.9.9,1.1.1.1" allow-remote-requests=yes',
  );
  expect(setSingleton('/system/identity', { name: 'a"; /system/reboot; $x\\' })).toBe(
    '/system/identity/set name="a\\"; /system/reboot; \\$x\\\\"',
  );
  expect(setSingleton('/system/note', { note: '' })).toBe('/system/note/set note=""');
});

test('adds a row unless it is there, in front of its neighbour or else at the end', () => {
  expect(
    addRow({ path: '/ip/address' }, { address: '10.0.0.1/24' }, { address: '10.0.0.1/24', interface: 'ether1' }),
  ).toBe(
    ':if ([:len [/ip/address/find where address="10.0.0.1/24"]] = 0) do={' +
      '/ip/address/add address="10.0.0.1/24" interface="ether1"}',
  );
  const add = '/ip/firewall/filter/add chain="input" comment="a"';
  expect(
    addRow({ path: '/ip/firewall/filter' }, { comment: 'a' }, { chain: 'input', comment: 'a' }, { comment: 'b' }),
  ).toBe(
    ':if ([:len [/ip/firewall/filter/find where comment="a"]] = 0) do={' +
      `:do {${add} place-before=[/ip/firewall/filter/find where comment="b"]} on-error={${add}}}`,
  );
});

test('flags without a value are written as such', () => {
  expect(
    addRow({ path: '/ip/route' }, { 'dst-address': '10.0.0.0/8' }, { 'dst-address': '10.0.0.0/8', blackhole: '' }),
  ).toContain('add dst-address="10.0.0.0/8" blackhole}');
});

test('changes, removes and moves the row that its key finds', () => {
  const key = { name: 'www-ssl', dynamic: 'false' };
  expect(changeRow({ path: '/ip/service' }, key, { port: '8443', disabled: 'false' })).toBe(
    '/ip/service/set [/ip/service/find where name="www-ssl" and dynamic=no] port="8443" disabled=no',
  );
  expect(changeRow({ path: '/ip/firewall/filter' }, { comment: 'a' }, {}, ['src-address'])).toBe(
    '/ip/firewall/filter/set [/ip/firewall/filter/find where comment="a"] !src-address',
  );
  expect(removeRow({ path: '/ip/route' }, { comment: 'true' })).toBe(
    '/ip/route/remove [/ip/route/find where comment="true"]',
  );
  expect(moveRow({ path: '/queue/simple' }, { name: 'a' }, { name: 'b' })).toBe(
    '/queue/simple/move [/queue/simple/find where name="a"] destination=[/queue/simple/find where name="b"]',
  );
  expect(moveRow({ path: '/queue/simple' }, { name: 'a' }, null)).toBe(
    '/queue/simple/move [/queue/simple/find where name="a"]',
  );
});

test('a flag without a value is named alone', () => {
  const key = { 'dst-address': '10.0.0.0/8', blackhole: '' };
  expect(removeRow({ path: '/ip/route' }, key)).toBe(
    '/ip/route/remove [/ip/route/find where dst-address="10.0.0.0/8" and blackhole]',
  );
});

test('a command that fails leaves its line in the log and stops nothing', () => {
  expect(attempt('/ip/dns/set servers="9.9.9.9"', 'step "1"')).toBe(
    ':do {/ip/dns/set servers="9.9.9.9"} on-error={:log error "step \\"1\\""}',
  );
});

test('menus and fields that are none are refused', () => {
  expect(() => setSingleton('/ip/dns; /system/reboot', {})).toThrow('is not a menu');
  expect(() => removeRow({ path: '/ip/route' }, { 'comment=x] ; [': 'a' })).toThrow('is not the name of an argument');
});

test('rows that the router made itself are left out where a menu tells them, unless they are meant', () => {
  const menu = { path: '/ip/service', configuredOnly: true };
  expect(changeRow(menu, { name: 'www-ssl' }, { address: '' })).toBe(
    '/ip/service/set [/ip/service/find where name="www-ssl" and !dynamic] address=""',
  );
  expect(removeRow(menu, { name: 'www-ssl', dynamic: 'true' })).toBe(
    '/ip/service/remove [/ip/service/find where name="www-ssl" and dynamic=yes]',
  );
});

test('a name of a network stays as it is, whatever profile it overrides, and switches beside it do not', () => {
  expect(
    changeRow(
      { path: '/interface/wifi' },
      { name: 'wifi1' },
      {
        'configuration.ssid': 'true',
        'configuration.hide-ssid': 'true',
      },
    ),
  ).toBe(
    '/interface/wifi/set [/interface/wifi/find where name="wifi1"] configuration.ssid="true" configuration.hide-ssid=yes',
  );
});
