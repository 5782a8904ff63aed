import { z } from 'zod';
import { toBoolean, toList, toNumber } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Word } from '../output-fields.ts';

const SERVER = '/tool/bandwidth-server';
const ADDRESS = '/ip/address';

/** What a test between two devices has to know of each of them before it begins. */
export const inspectBandwidthEnd = defineRead({
  name: 'inspect_bandwidth_end',
  title: 'End of a bandwidth test',
  summary: 'Whether a router serves bandwidth tests, to whom, and its addresses.',
  toolset: 'diagnostics',
  phase: 2,
  paths: [SERVER, ADDRESS],
  input: z.strictObject({}),
  output: z.strictObject({
    isEnabled: z.boolean(),
    /** It lets in only who logs in as one of its users. */
    wantsLogin: z.boolean(),
    /** Networks it lets in; none: all. Versions before 7.18 have no such list. */
    allowedFrom: z.array(Word),
    maxSessions: z.number().nullable(),
    /** Its own, with the lengths of their prefixes. */
    addresses: z.array(Word),
  }),
  example: {},
  handler: async (router) => {
    const server = await router.get(SERVER);
    const rows = await router.list(ADDRESS, { fields: ['address', 'disabled', 'invalid'] });
    return {
      isEnabled: toBoolean(server['enabled']),
      wantsLogin: toBoolean(server['authenticate']),
      allowedFrom: toList(server['allowed-addresses4']),
      maxSessions: toNumber(server['max-sessions']),
      addresses: rows
        .filter((row) => !toBoolean(row['disabled']) && !toBoolean(row['invalid']))
        .flatMap((row) => row['address'] ?? []),
    };
  },
});
