import { z } from 'zod';
import { parseExport } from '../../routeros/config-export.ts';
import { clipText } from '../../routeros/device-text.ts';
import { EXPORT_MENUS } from '../../routeros/export-menus.ts';
import { defineRead } from '../define-operation.ts';

/** An answer holds at most so many characters of lines; a model reads no more of it in one piece. */
const MOST_CHARACTERS = 80_000;
/** Scripts are one line each. */
const LONGEST_LINE = 4_000;
const MOST_REMARKS = 20;

export const getConfigExport = defineRead({
  name: 'get_config_export',
  title: 'Configuration export',
  summary:
    "A router's configuration, or one menu's, as lines of its console without secrets. Slow: for one topic take its tool.",
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
    offset: z.int().min(0).max(100_000).default(0).describe('Lines to skip'),
    limit: z.int().min(1).max(1_000).default(200).describe('Lines to return at most'),
  }),
  output: z.strictObject({
    /** By the router's own clock, as it prints it. */
    localTime: z.string().nullable(),
    version: z.string().nullable(),
    softwareId: z.string().nullable(),
    model: z.string().nullable(),
    serialNumber: z.string().nullable(),
    lines: z.array(z.string()),
    total: z.number(),
    truncated: z.boolean(),
    /** False: the router left menus out, which `failures` names. */
    complete: z.boolean(),
    failures: z.array(z.string()),
    notes: z.array(z.string()),
    transport: z.enum(['rest', 'ssh']),
  }),
  example: { menu: '/ip/dns' },
  handler: async (router, { menu, format, offset, limit }) => {
    const { text, transport } = await router.exportConfiguration({ menu, format });
    const { lines, notes, failures, ...header } = parseExport(text);
    const shown = withinBudget(lines.slice(offset, offset + limit));
    return {
      localTime: printable(header.localTime),
      version: printable(header.version),
      softwareId: printable(header.softwareId),
      model: printable(header.model),
      serialNumber: printable(header.serialNumber),
      lines: shown,
      total: lines.length,
      truncated: offset + shown.length < lines.length,
      complete: failures.length === 0,
      failures: remarks(failures),
      notes: remarks(notes),
      transport,
    };
  },
});

function withinBudget(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let left = MOST_CHARACTERS;
  for (const line of lines) {
    const clipped = clipText(line, LONGEST_LINE);
    left -= clipped.length;
    if (left < 0) break;
    shown.push(clipped);
  }
  return shown;
}

const printable = (text: string | null): string | null => (text === null ? null : clipText(text, 100));

const remarks = (lines: readonly string[]): string[] => lines.slice(0, MOST_REMARKS).map((line) => clipText(line, 200));
