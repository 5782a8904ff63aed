import { z } from 'zod';
import { toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { untrusted, Word } from '../output-fields.ts';
import { toPercent } from './percent.ts';

const RESOURCE = '/system/resource';
const CPU = '/system/resource/cpu';

export const getCpuLoad = defineRead({
  name: 'get_cpu_load',
  title: 'CPU load per core',
  summary:
    'The load of each CPU core of a router and its share of interrupts; use it when one core is the bottleneck behind a moderate average.',
  toolset: 'system',
  phase: 1,
  paths: [RESOURCE, CPU],
  input: z.strictObject({}),
  output: z.strictObject({
    cpu: untrusted(64).nullable(),
    frequencyMhz: z.number().nullable(),
    averagePercent: z.number().nullable(),
    busiestPercent: z.number().nullable(),
    cores: z.array(
      z.strictObject({
        core: Word,
        loadPercent: z.number().nullable(),
        irqPercent: z.number().nullable(),
        diskPercent: z.number().nullable(),
      }),
    ),
  }),
  example: {},
  handler: async (router) => {
    const resource = await router.get(RESOURCE);
    const cores = (await router.list(CPU, { fields: ['cpu', 'load', 'irq', 'disk'] })).map((row) => ({
      core: toRequiredText(row['cpu'], 'cpu'),
      loadPercent: toPercent(row['load']),
      irqPercent: toPercent(row['irq']),
      diskPercent: toPercent(row['disk']),
    }));
    const loads = cores.map(({ loadPercent }) => loadPercent ?? 0);
    return {
      cpu: resource['cpu'] ?? null,
      frequencyMhz: toNumber(resource['cpu-frequency']),
      averagePercent: toPercent(resource['cpu-load']),
      busiestPercent: loads.length === 0 ? null : Math.max(...loads),
      cores,
    };
  },
});
