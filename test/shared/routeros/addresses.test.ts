import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalAddress, canonicalHostName, ServerAddress, ServerHost } from '../../../shared/routeros/addresses.ts';
import { DnsServers } from '../../../shared/routeros/dns-servers.ts';
import { NtpServers } from '../../../shared/routeros/ntp-servers.ts';

const messageOf = (schema: typeof ServerAddress | typeof DnsServers, value: unknown): string | undefined =>
  schema.safeParse(value).error?.issues[0]?.message;

test.each([
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['::', '::'],
  ['2620:fe::fe', '2620:fe::fe'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ['9.9.9.9', '9.9.9.9'],
])('%s is printed as %s', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
});

test.each([
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '1.2.3.256',
  '1::2::3',
  '12345::',
  ':1:2:3:4:5:6:7',
  'fe80::1%ether1',
  '',
])('%o is not an address', (text) => {
  expect(canonicalAddress(text)).toBeNull();
});

test('agrees with Node on what an address is and how it is written', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      expect(canonicalAddress(text) !== null).toBe(isIPv4(text) || isIPv6(text));
      const canonical = canonicalAddress(text)!;
      expect(canonicalAddress(canonical)).toBe(canonical);
      // A dotted tail outside ::ffff:0:0/96 is not the form RFC 5952 prefers, though the C library prints it.
      if (isIPv6(text) && !text.startsWith('::')) {
        expect(canonical).toBe(new SocketAddress({ address: text, family: 'ipv6' }).address);
      }
    }),
  );
});

test('text that is no address is refused, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.'.split('')), maxLength: 40 }), (text) => {
      expect(canonicalAddress(text) !== null).toBe(isIPv4(text) || isIPv6(text));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['Pool.NTP.org', 'pool.ntp.org'],
  ['a', 'a'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['-bad.example', null],
  ['bad-.example', null],
  ['un_derscore.example', null],
  ['a..b', null],
  ['10.0.0.300', null],
  [`${'a'.repeat(64)}.example`, null],
  ['with space.example', null],
  ['example.org.', null],
])('the host name %o becomes %o', (text, canonical) => {
  expect(canonicalHostName(text)).toBe(canonical);
});

test.each([
  ['10.0.0.300', '"10.0.0.300" is not an IPv4 or IPv6 address'],
  ['dns.example', '"dns.example" is not an IPv4 or IPv6 address'],
  ['0.0.0.0', '"0.0.0.0" is the unspecified address'],
  ['::', '"::" is the unspecified address'],
  ['127.0.0.53', '"127.0.0.53" is a loopback address: the router itself'],
  ['::1', '"::1" is a loopback address: the router itself'],
  ['224.0.0.1', '"224.0.0.1" is a multicast address'],
  ['ff02::1', '"ff02::1" is a multicast address'],
  ['255.255.255.255', '"255.255.255.255" is the broadcast address'],
  ['240.0.0.1', '"240.0.0.1" is a reserved address'],
  ['fe80::1', '"fe80::1" is a link-local address, which means nothing without an interface'],
  ['::ffff:9.9.9.9', '"::ffff:9.9.9.9" is an IPv4 address in IPv6 form; give the IPv4 address'],
])('%s is refused as a server with a sentence', (text, message) => {
  expect(messageOf(ServerAddress, text)).toBe(message);
});

test('a server is stored in canonical form', () => {
  expect(ServerAddress.parse('2620:00FE::FE')).toBe('2620:fe::fe');
  expect(ServerHost.parse('Time.Example.ORG')).toBe('time.example.org');
  expect(ServerHost.safeParse('localhost').error?.issues[0]?.message).toBe('"localhost" names the router itself');
});

test('a list of servers is 1 to 10 long and names none twice, however it is written', () => {
  expect(messageOf(DnsServers, [])).toBe('give at least one server');
  expect(
    messageOf(
      DnsServers,
      Array.from({ length: 11 }, (_, index) => `10.0.0.${index + 1}`),
    ),
  ).toBe('at most 10 servers are allowed');
  expect(messageOf(DnsServers, ['2620:fe::fe', '9.9.9.9', '2620:FE:0::fe'])).toBe(
    '"2620:fe::fe" is given more than once',
  );
  expect(NtpServers.safeParse(['pool.ntp.org', 'POOL.ntp.org']).success).toBe(false);
  expect(NtpServers.safeParse(['pool.ntp.org', '9.9.9.9']).success).toBe(true);
});
