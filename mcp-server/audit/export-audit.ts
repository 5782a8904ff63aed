import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { ActionRecord, RecordFilter } from '../../shared/platform/persistence/stores/audit-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { AuditFilter, READERS, recordFilterOf } from './list-audit-events.ts';
import { EXPORT_FORMATS, EXPORT_TYPES, exportHead, exportLine, type ExportFormat } from './export-format.ts';

const ExportInput = AuditFilter.safeExtend({
  format: z.enum(EXPORT_FORMATS).default('jsonl').describe('JSON Lines, or CSV with a head line'),
});

type ExportDatabase = Pick<Database, 'audit' | 'plans' | 'devices'>;

/** Records of one question to the database; no more of them are ever in memory. */
const PAGE = 500;

/**
 * Lets somebody export, and records that they do. The records themselves are streamed by the API, which asks this first:
 * up to the entry that was the last one then.
 */
export function exportAuditAction(database: ExportDatabase): Action {
  return defineAction({
    name: 'export_audit',
    title: 'Export the audit',
    description:
      'Streams audit records as JSON Lines or CSV, oldest first, with the filters of list_audit_events. For auditors and ' +
      'administrators, that of their devices.',
    toolset: 'audit',
    isCore: false,
    rate: 'fleet',
    phase: 0,
    roles: READERS,
    scopes: ['fleet:read'],
    surfaces: ['http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: true,
    input: ExportInput,
    output: z.object({ format: z.enum(EXPORT_FORMATS), throughSeq: z.int().describe('The last entry that is in it') }),
    target: { on: 'nothing', findsDevices: true },
    async dispatch({ input: { format, ...wanted }, principal }) {
      await recordFilterOf(database, principal, wanted);
      const { seq: throughSeq } = await database.audit.head();
      return { output: { format, throughSeq } };
    },
    summarize: ({ format, throughSeq }) => `The audit through entry ${throughSeq}, as ${format}.`,
  });
}

export interface ExportStream {
  type: string;
  body: Readable;
}

/** Gives what an export of these arguments holds, for a principal who may have it. */
export type OpenAuditExport = (
  principal: Principal,
  given: Record<string, unknown>,
  throughSeq: number,
) => Promise<ExportStream>;

export function createAuditExport(database: ExportDatabase): OpenAuditExport {
  return async (principal, given, throughSeq) => {
    const { format, ...wanted } = ExportInput.parse(given);
    const filter = await recordFilterOf(database, principal, wanted);
    const lines = exportLines(database.audit, { filter, format, throughSeq });
    return { type: EXPORT_TYPES[format], body: Readable.from(lines) };
  };
}

async function* exportLines(
  audit: Pick<Database['audit'], 'eachRecord'>,
  { filter, format, throughSeq }: { filter: RecordFilter; format: ExportFormat; throughSeq: number },
): AsyncGenerator<string> {
  yield exportHead(format);
  let page: ActionRecord[];
  let after = 0;
  do {
    // oxlint-disable-next-line no-await-in-loop -- a page at a time, when the reader has taken the one before
    page = await audit.eachRecord(filter, after, PAGE);
    const within = page.filter(({ seq }) => seq <= throughSeq);
    yield within.map((record) => exportLine(format, record)).join('');
    after = page.at(-1)?.seq ?? throughSeq;
  } while (page.length === PAGE && after < throughSeq);
}
