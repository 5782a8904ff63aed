import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { findOperation } from '../../shared/operations/index.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';

function steps(name: string, router: Router, input: Record<string, unknown>): Promise<Step[]> {
  const operation = findOperation(name);
  if (operation?.effect !== 'write') throw new Error(`${name} is no write`);
  return operation.steps(router, operation.input.parse(input));
}

function problem(name: string, input: Record<string, unknown>): string | undefined {
  return findOperation(name)?.input.safeParse(input).error?.issues[0]?.message;
}

test('a new identity replaces the old one, and the old one is kept for the undo', async () => {
  const router = cannedRouter({ '/system/identity': { name: 'MikroTik' } });
  expect(await steps('set_system_identity', router, { identity: 'lab-01' })).toEqual([
    { op: 'set', menu: '/system/identity', before: { name: 'MikroTik' }, after: { name: 'lab-01' } },
  ]);
  expect(await steps('set_system_identity', router, { identity: 'MikroTik' })).toEqual([]);
});

test.each([
  ['', 'the identity must not be empty'],
  ['x'.repeat(65), 'the identity may have at most 64 characters'],
  ['two\nlines', '"two\\nlines" contains characters that cannot be printed'],
  ['left\u202Eright', '"left\u202Eright" contains characters that cannot be printed'],
  [' padded', 'the identity must not begin or end with white space'],
])('the identity %o is refused', (identity, message) => {
  expect(problem('set_system_identity', { identity })).toBe(message);
});

test('DNS servers are written in the order given and in canonical form', async () => {
  const router = cannedRouter({ '/ip/dns': { servers: '', 'allow-remote-requests': 'false' } });
  expect(await steps('update_dns_servers', router, { dnsServers: ['9.9.9.9', '2620:00FE::fe'] })).toEqual([
    { op: 'set', menu: '/ip/dns', before: { servers: '' }, after: { servers: '9.9.9.9,2620:fe::fe' } },
  ]);
});

test('another order of the same servers is a change, another spelling is none', async () => {
  const router = cannedRouter({ '/ip/dns': { servers: '9.9.9.9,2620:FE::FE', 'allow-remote-requests': 'false' } });
  expect(await steps('update_dns_servers', router, { dnsServers: ['9.9.9.9', '2620:fe::fe'] })).toEqual([]);
  expect(await steps('update_dns_servers', router, { dnsServers: ['2620:fe::fe', '9.9.9.9'] })).toHaveLength(1);
});

test.each([
  ['true', { servers: 'a.example' }, { servers: 'b.example' }],
  ['false', { servers: 'a.example', enabled: 'false' }, { servers: 'b.example', enabled: 'true' }],
  ['no', { servers: 'a.example', enabled: 'no' }, { servers: 'b.example', enabled: 'yes' }],
])('NTP servers are set with the client running when it was %s', async (enabled, before, after) => {
  const router = cannedRouter({ '/system/ntp/client': { enabled, servers: 'a.example' } });
  expect(await steps('update_ntp_servers', router, { ntpServers: ['b.example'] })).toEqual([
    { op: 'set', menu: '/system/ntp/client', before, after },
  ]);
});

test('a stopped NTP client with the wanted servers is only switched on', async () => {
  const router = cannedRouter({ '/system/ntp/client': { enabled: 'false', servers: 'a.example' } });
  expect(await steps('update_ntp_servers', router, { ntpServers: ['a.example'] })).toEqual([
    { op: 'set', menu: '/system/ntp/client', before: { enabled: 'false' }, after: { enabled: 'true' } },
  ]);
});

test('unknown fields, names where addresses are needed, and servers of no use are refused', () => {
  expect(problem('update_dns_servers', { dnsServers: ['9.9.9.9'], dns: [] })).toBe('Unrecognized key: "dns"');
  expect(problem('update_dns_servers', { dnsServers: ['dns.example'] })).toBe(
    '"dns.example" is not an IPv4 or IPv6 address',
  );
  expect(problem('update_ntp_servers', { ntpServers: ['0.0.0.0'] })).toBe('"0.0.0.0" is the unspecified address');
  expect(problem('update_ntp_servers', { ntpServers: ['not a host'] })).toBe(
    '"not a host" is not an IPv4 address, an IPv6 address or a host name',
  );
});
