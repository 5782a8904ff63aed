import { AppError } from '../../shared/errors/app-error.ts';
import type { ExportOptions } from '../../shared/routeros/config-export.ts';
import { quoteText } from '../../shared/routeros/console-quote.ts';

/** What an operation declares that exports, and what an export of everything is called in errors. */
export const EXPORT = '/export';

/**
 * One line of console code that prints a part of the configuration without its secrets, and last a remark by which an
 * export that was cut off is known.
 */
export function exportScript({ menu, format }: ExportOptions): string {
  return `${menu ?? ''}/export ${format} hide-sensitive;:put ${quoteText(END)}`;
}

/** What the script printed, without its last remark; DEVICE_REPLY_INVALID when that is missing. */
export function readExportText(printed: string, { menu = EXPORT }: { menu?: string | undefined }): string {
  const text = printed.trimEnd();
  if (text === END || text.endsWith(`\n${END}`)) return text.slice(0, -END.length);
  throw new AppError('DEVICE_REPLY_INVALID', {
    message: 'The export that the device sent stops before its end.',
    details: { menu },
  });
}

const END = '# end of export';
