import type { ActionRecord } from '../../shared/platform/persistence/stores/audit-store.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_TYPES: Record<ExportFormat, string> = {
  jsonl: 'application/jsonl; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** Columns of the CSV, in their order; the fields of JSON Lines have the same names. */
export const EXPORT_COLUMNS = [
  'seq',
  'outcomeSeq',
  'at',
  'endedAt',
  'action',
  'outcome',
  'code',
  'message',
  'actor',
  'actorEmail',
  'roles',
  'clientId',
  'via',
  'authMethod',
  'tier',
  'environment',
  'deviceId',
  'planId',
  'operation',
  'arguments',
  'argumentsDigest',
  'details',
  'correlationId',
  'traceId',
  'key',
  'hash',
] as const satisfies (keyof ActionRecord)[];

/** What comes before the first record. */
export function exportHead(format: ExportFormat): string {
  return format === 'csv' ? csvRow(EXPORT_COLUMNS) : '';
}

export function exportLine(format: ExportFormat, record: ActionRecord): string {
  const fields = EXPORT_COLUMNS.map((column) => [column, record[column]] as const);
  if (format === 'jsonl') return `${JSON.stringify(Object.fromEntries(fields))}\n`;
  return csvRow(fields.map(([, value]) => csvText(value)));
}

function csvText(value: ActionRecord[keyof ActionRecord]): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** RFC 4180. */
function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** What people or routers wrote must not become a formula where the file is opened: such cells begin with an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
