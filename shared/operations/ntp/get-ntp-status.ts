import { z } from 'zod';
import { NTP_MENU } from '../../routeros/ntp-servers.ts';
import { toBoolean, toList, toMeasure, toNumber } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Name, Word } from '../output-fields.ts';

export const getNtpStatus = defineRead({
  name: 'get_ntp_status',
  title: 'NTP client status',
  summary: 'Which NTP servers a router asks, whether its clock follows one of them, and how far it is off.',
  toolset: 'system',
  isCore: true,
  phase: 1,
  paths: [NTP_MENU],
  input: z.strictObject({}),
  output: z.strictObject({
    enabled: z.boolean(),
    mode: Word.nullable(),
    servers: z.array(Name),
    status: Word.nullable(),
    synchronized: z.boolean(),
    syncedServer: Name.nullable(),
    syncedStratum: z.number().nullable(),
    offsetMs: z.number().nullable(),
    frequencyDriftPpm: z.number().nullable(),
  }),
  example: {},
  handler: async (router) => {
    const record = await router.get(NTP_MENU);
    return {
      enabled: toBoolean(record['enabled']),
      mode: record['mode'] ?? null,
      servers: toList(record['servers']),
      status: record['status'] ?? null,
      synchronized: record['status'] === 'synchronized',
      syncedServer: record['synced-server'] ?? null,
      syncedStratum: toNumber(record['synced-stratum']),
      offsetMs: toMeasure(record['system-offset']),
      frequencyDriftPpm: toMeasure(record['freq-drift']),
    };
  },
});
