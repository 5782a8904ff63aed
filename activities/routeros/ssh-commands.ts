import { z } from 'zod';
import { parseAsValue } from '../../shared/routeros/as-value.ts';
import { EXPORT_MENUS } from '../../shared/routeros/export-menus.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { EXPORT, exportScript, readExportText } from './export-script.ts';

/** One kind of command line, with what may vary in it. All of them only read. */
export interface SshCommand<Input extends z.ZodType = z.ZodType, Output = unknown> {
  /** What it is observed and called as in errors. */
  menu: (input: z.output<Input>) => string;
  /** A closed set of values: no text that somebody gave ever becomes part of a line. */
  input: Input;
  line: (input: z.output<Input>) => string;
  /** What was printed, with line feeds only. */
  read: (printed: string, input: z.output<Input>) => Output;
}

const ExportInput = z.strictObject({ menu: z.enum(EXPORT_MENUS).optional(), format: z.enum(['terse', 'compact']) });

/** Menus that can be read as records over SSH. */
export const RECORD_MENUS = [
  '/ip/service',
  '/ip/service/webserver',
  '/system/resource',
  '/system/routerboard',
] as const;
const RecordsInput = z.strictObject({ menu: z.enum(RECORD_MENUS) });

/** Every command line that is ever sent over SSH, exactly. */
export const SSH_COMMANDS = {
  export: define<typeof ExportInput, string>({
    menu: ({ menu }) => menu ?? EXPORT,
    input: ExportInput,
    line: exportScript,
    read: readExportText,
  }),
  identity: define<z.ZodObject<{}, z.core.$strict>, string>({
    menu: () => '/system/identity',
    input: z.strictObject({}),
    line: () => ':put [/system/identity/get name]',
    read: (printed) => printed.replace(/\n$/, ''),
  }),
  records: define<typeof RecordsInput, RouterRecord[]>({
    menu: ({ menu }) => menu,
    input: RecordsInput,
    line: ({ menu }) => `:put [${menu}/print as-value]`,
    read: parseAsValue,
  }),
} as const;

function define<Input extends z.ZodType, Output>(command: SshCommand<Input, Output>): SshCommand<Input, Output> {
  return command;
}
