import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

const proxies = z.string().transform((text, context) => {
  const entries = text.split(',').map((entry) => entry.trim());
  const wrong = entries.find((entry) => !isNetwork(entry));
  if (wrong === undefined) return entries;
  context.addIssue({ code: 'custom', message: `"${wrong}" is no address and no network` });
  return z.NEVER;
});

/** Variables about the proxies, such as a tunnel, in front of the web process and the approval gateway. */
export const PROXY_VARIABLES = {
  CONVOY_TRUSTED_PROXIES: {
    field: 'trustedProxies',
    about:
      'Addresses of the proxies in front, whose word on where a request came from is believed, in logs and for limits. Default: nobody is believed.',
    allowed: 'IP addresses and networks (CIDR) with commas between them, such as 127.0.0.1,10.0.0.0/8',
    schema: proxies.optional(),
  },
  CONVOY_CLIENT_ADDRESS_HEADER: {
    field: 'clientAddressHeader',
    about:
      'The header in which trusted proxies name the client; every one of them must set or append to it. Default: x-forwarded-for.',
    allowed: 'x-forwarded-for or cf-connecting-ip',
    schema: z.enum(['x-forwarded-for', 'cf-connecting-ip']).optional(),
  },
} as const;

function isNetwork(entry: string): boolean {
  const [address = '', prefix, ...more] = entry.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIPv6(address) ? 128 : 32));
}
