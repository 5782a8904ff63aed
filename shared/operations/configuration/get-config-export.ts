import { z } from 'zod';
import { parseExport } from '../../routeros/config-export.ts';
import { EXPORT_MENUS } from '../../routeros/export-menus.ts';
import { pageOf } from '../define-list-read.ts';
import { defineRead } from '../define-operation.ts';
import { untrusted, Word } from '../output-fields.ts';

/** Scripts are one line each. */
const Line = untrusted(4_000, { keepsLinks: true });
const Remark = untrusted(200);
const MOST_REMARKS = 20;

export const getConfigExport = defineRead({
  name: 'get_config_export',
  title: 'Configuration export',
  summary:
    "A router's configuration, or one menu's, as lines of its console without secrets. Slow: for one topic take its tool.",
  toolset: 'configuration',
  isCore: true,
  phase: 1,
  paths: ['/export'],
  input: z.strictObject({
    // A plain text in the schema: the list of menus is as long as ten tools, and a refusal tells it.
    menu: z
      .string()
      .max(40)
      .pipe(z.enum(EXPORT_MENUS))
      .optional()
      .describe('Only this menu, such as "/ip/firewall/filter"'),
    format: z.enum(['terse', 'compact']).default('terse').describe('terse: each line names its menu'),
    limit: z.int().min(1).max(1_000).default(200).describe('Lines of one page'),
    offset: z.int().min(0).max(100_000).default(0).describe('Lines to skip'),
  }),
  output: z.strictObject({
    /** By the router's own clock, as it prints it. */
    localTime: untrusted(40).nullable(),
    version: Word.nullable(),
    softwareId: Word.nullable(),
    model: untrusted(100).nullable(),
    serialNumber: Word.nullable(),
    lines: z.array(Line),
    total: z.int(),
    nextOffset: z.int().nullable(),
    /** False: the router left menus out, which `failures` names. */
    complete: z.boolean(),
    failures: z.array(Remark),
    notes: z.array(Remark),
    transport: z.enum(['rest', 'ssh']),
  }),
  page: { items: 'lines' },
  isSensitive: true,
  example: { menu: '/ip/dns' },
  handler: async (router, { menu, format, offset, limit }) => {
    const { text, transport } = await router.exportConfiguration({ menu, format });
    const { lines, notes, failures, ...header } = parseExport(text);
    const { rows, nextOffset } = pageOf(lines, { limit, offset });
    return {
      ...header,
      lines: rows,
      total: lines.length,
      nextOffset,
      complete: failures.length === 0,
      failures: failures.slice(0, MOST_REMARKS),
      notes: notes.slice(0, MOST_REMARKS),
      transport,
    };
  },
});
