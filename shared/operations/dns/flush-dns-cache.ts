import { z } from 'zod';
import { defineCommand } from '../define-operation.ts';

export const flushDnsCache = defineCommand({
  name: 'flush_dns_cache',
  title: 'Empty the DNS cache',
  summary: 'Empties the DNS cache of one router, so that names which changed are asked anew.',
  toolset: 'dns',
  tier: 'advanced',
  phase: 2,
  paths: ['/ip/dns/cache/flush'],
  input: z.strictObject({}),
  example: {},
  menu: '/ip/dns/cache',
  command: 'flush',
});
