import { z } from 'zod';
import { DNS_MENU } from '../../routeros/dns-servers.ts';
import { toSeconds } from '../../routeros/durations.ts';
import { toBoolean, toBytes, toList } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { untrusted, Word } from '../output-fields.ts';

export const getDnsStatus = defineRead({
  name: 'get_dns_status',
  title: 'DNS settings',
  summary: 'Which DNS servers a router asks, set by hand and learned, and how its resolver and cache are set.',
  toolset: 'dns',
  isCore: true,
  phase: 1,
  paths: [DNS_MENU],
  input: z.strictObject({}),
  output: z.strictObject({
    servers: z.array(Word),
    dynamicServers: z.array(Word),
    dohServer: untrusted(256).nullable(),
    verifyDohCertificate: z.boolean(),
    allowRemoteRequests: z.boolean(),
    cacheSizeBytes: z.number().nullable(),
    cacheUsedBytes: z.number().nullable(),
    cacheMaxTtlSeconds: z.number().nullable(),
  }),
  example: {},
  handler: async (router) => {
    const record = await router.get(DNS_MENU);
    return {
      servers: toList(record['servers']),
      dynamicServers: toList(record['dynamic-servers']),
      dohServer: record['use-doh-server'] || null,
      verifyDohCertificate: toBoolean(record['verify-doh-cert']),
      allowRemoteRequests: toBoolean(record['allow-remote-requests']),
      cacheSizeBytes: kibibytes(record['cache-size']),
      cacheUsedBytes: kibibytes(record['cache-used']),
      cacheMaxTtlSeconds: toSeconds(record['cache-max-ttl']),
    };
  },
});

/** Unlike other sizes the cache's are in KiB, with the unit only in the console (`2048` against `2048KiB`). */
function kibibytes(text: string | undefined): number | null {
  const size = toBytes(text);
  return size === null || !/^\d+$/.test(text ?? '') ? size : size * 1024;
}
