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
  expect(addRow('/ip/address', { address: '10.0.0.1/24' }, { address: '10.0.0.1/24', interface: 'ether1' })).toBe(
    ':if ([:len [/ip/address/find address="10.0.0.1/24"]] = 0) do={' +
      '/ip/address/add address="10.0.0.1/24" interface="ether1"}',
  );
  const add = '/ip/firewall/filter/add chain="input" comment="a"';
  expect(addRow('/ip/firewall/filter', { comment: 'a' }, { chain: 'input', comment: 'a' }, { comment: 'b' })).toBe(
    ':if ([:len [/ip/firewall/filter/find comment="a"]] = 0) do={' +
      `:do {${add} place-before=[/ip/firewall/filter/find comment="b"]} on-error={${add}}}`,
  );
});

test('flags without a value are written as such', () => {
  expect(
    addRow('/ip/route', { 'dst-address': '10.0.0.0/8' }, { 'dst-address': '10.0.0.0/8', blackhole: '' }),
  ).toContain('add dst-address="10.0.0.0/8" blackhole}');
});

test('changes, removes and moves the row that its key finds', () => {
  const key = { name: 'www-ssl', dynamic: 'false' };
  expect(changeRow('/ip/service', key, { port: '8443', disabled: 'false' })).toBe(
    '/ip/service/set [/ip/service/find name="www-ssl" dynamic=no] port="8443" disabled=no',
  );
  expect(changeRow('/ip/firewall/filter', { comment: 'a' }, {}, ['src-address'])).toBe(
    '/ip/firewall/filter/set [/ip/firewall/filter/find comment="a"] !src-address',
  );
  expect(removeRow('/ip/route', { comment: 'true' })).toBe('/ip/route/remove [/ip/route/find comment="true"]');
  expect(moveRow('/queue/simple', { name: 'a' }, { name: 'b' })).toBe(
    '/queue/simple/move [/queue/simple/find name="a"] destination=[/queue/simple/find name="b"]',
  );
  expect(moveRow('/queue/simple', { name: 'a' }, null)).toBe('/queue/simple/move [/queue/simple/find name="a"]');
});

test('a command that fails leaves its line in the log and stops nothing', () => {
  expect(attempt('/ip/dns/set servers="9.9.9.9"', 'step "1"')).toBe(
    ':do {/ip/dns/set servers="9.9.9.9"} on-error={:log error "step \\"1\\""}',
  );
});

test('menus and fields that are none are refused', () => {
  expect(() => setSingleton('/ip/dns; /system/reboot', {})).toThrow('is not a menu');
  expect(() => removeRow('/ip/route', { 'comment=x] ; [': 'a' })).toThrow('is not the name of an argument');
});
