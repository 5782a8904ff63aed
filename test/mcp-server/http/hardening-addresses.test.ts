import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createClientAddresses, networkOf, type ProxyOptions } from '../../../mcp-server/http/client-address.ts';
import { loadConfig } from '../../../shared/platform/config/load-config.ts';
import { gatewayConfig } from '../../../shared/platform/config/processes.ts';

function requestFrom(remoteAddress: string | undefined, headers: IncomingMessage['headers'] = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers } as IncomingMessage;
}

const TUNNEL: ProxyOptions = { trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'] };
const CLOUDFLARE: ProxyOptions = { ...TUNNEL, clientAddressHeader: 'cf-connecting-ip' };

describe('where a request came from', () => {
  test.each<[string, ProxyOptions, string | undefined, IncomingMessage['headers'], string]>([
    ['its connection, when nobody is trusted', {}, '198.51.100.1', { 'x-forwarded-for': '192.0.2.1' }, '198.51.100.1'],
    [
      'its connection, when that is no proxy',
      TUNNEL,
      '198.51.100.1',
      { 'x-forwarded-for': '192.0.2.1' },
      '198.51.100.1',
    ],
    ['what the proxy says', TUNNEL, '127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
    [
      'not what the client wrote in front',
      TUNNEL,
      '127.0.0.1',
      { 'x-forwarded-for': '8.8.8.8, 192.0.2.1' },
      '192.0.2.1',
    ],
    [
      'before all proxies',
      TUNNEL,
      '::ffff:127.0.0.1',
      { 'x-forwarded-for': '192.0.2.1, 10.1.2.3, 10.9.9.9' },
      '192.0.2.1',
    ],
    ['an IPv6 proxy', TUNNEL, 'fd00::1', { 'x-forwarded-for': '[2001:DB8::1]:443' }, '2001:db8::1'],
    ['with a port', TUNNEL, '127.0.0.1', { 'x-forwarded-for': '192.0.2.1:4711' }, '192.0.2.1'],
    ['the proxy, when it says nothing', TUNNEL, '127.0.0.1', {}, '127.0.0.1'],
    ['the proxy, when it says nonsense', TUNNEL, '127.0.0.1', { 'x-forwarded-for': 'unknown' }, '127.0.0.1'],
    ['the last that can be read', TUNNEL, '127.0.0.1', { 'x-forwarded-for': '<script>, 10.0.0.1' }, '10.0.0.1'],
    ['not a header that was not agreed on', TUNNEL, '127.0.0.1', { 'cf-connecting-ip': '8.8.8.8' }, '127.0.0.1'],
    ['the header that was', CLOUDFLARE, '127.0.0.1', { 'cf-connecting-ip': '192.0.2.1' }, '192.0.2.1'],
    ['not the other then', CLOUDFLARE, '127.0.0.1', { 'x-forwarded-for': '8.8.8.8' }, '127.0.0.1'],
    ['not two of it', CLOUDFLARE, '127.0.0.1', { 'cf-connecting-ip': '8.8.8.8, 192.0.2.1' }, '127.0.0.1'],
    ['not from somebody else', CLOUDFLARE, '198.51.100.1', { 'cf-connecting-ip': '8.8.8.8' }, '198.51.100.1'],
    ['nobody knows once the connection is gone', TUNNEL, undefined, { 'x-forwarded-for': '8.8.8.8' }, 'unknown'],
  ])('is %s', (_what, options, peer, headers, expected) => {
    expect(createClientAddresses(options)(requestFrom(peer, headers))).toBe(expected);
  });

  test('counts as one for all addresses of one IPv6 customer', () => {
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(networkOf('::1')).toBe('0:0:0:0::/64');
    expect(networkOf('2001:db8:1:2::')).toBe('2001:db8:1:2::/64');
  });
});

const GATEWAY = {
  CONVOY_POSTGRES_URL: 'postgres://convoy@127.0.0.1/convoy',
  CONVOY_SIGNING_KEY_FILE: '/keys/signing.pem',
  CONVOY_OIDC_ISSUER: 'http://127.0.0.1:9000',
  CONVOY_TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
  CONVOY_ACCESS_FILE: '/access.yaml',
  CONVOY_COOKIE_SECRET_FILE: '/keys/cookie',
  CONVOY_MASTER_KEY_FILE: '/keys/master.key',
};

test('the proxies are a list of addresses and networks', () => {
  const config = loadConfig(gatewayConfig, { ...GATEWAY, CONVOY_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8' });
  expect(config.trustedProxies).toEqual(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
  for (const wrong of ['localhost', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0', '127.0.0.1,', 'fd00::/129', '*']) {
    expect(() => loadConfig(gatewayConfig, { ...GATEWAY, CONVOY_TRUSTED_PROXIES: wrong })).toThrow(
      /CONVOY_TRUSTED_PROXIES/,
    );
  }
  expect(() => loadConfig(gatewayConfig, { ...GATEWAY, CONVOY_CLIENT_ADDRESS_HEADER: 'forwarded' })).toThrow(
    /x-forwarded-for or cf-connecting-ip/,
  );
});
