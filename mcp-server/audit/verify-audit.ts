import { z } from 'zod';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { READERS } from './list-audit-events.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** Hosts give up after a minute; what is left is verified by the next call. */
const VERIFY_MS = 20_000;

const Link = z.object({ seq: z.int(), hash: z.string() });

const VerifyInput = z.strictObject({
  fromSeq: z.int().min(1).optional().describe('First entry to look at; default where the chain begins'),
  anchor: z
    .string()
    .regex(/^\d{1,15}:[0-9a-f]{64}$/)
    .optional()
    .describe('seq:hash of an entry, as noted earlier'),
});

const VerifyOutput = z.object({
  ok: z.boolean(),
  entries: z.int().describe('Entries that were looked at'),
  firstBreak: z
    .object({
      seq: z.int(),
      kind: z.enum(['edited', 'removed', 'inserted', 'unlinked', 'anchor', 'checkpoint', 'head']),
      message: z.string(),
    })
    .optional(),
  through: Link.describe('The last entry that is right; note it outside as an anchor'),
  isComplete: z.boolean().describe('False when the time was up: call again with fromSeq behind through'),
});

/** Reads the chain of the audit for auditors, and says whether it is whole. */
export function verifyAuditAction(audit: Pick<AuditStore, 'verify'>): Action {
  return defineAction({
    name: 'verify_audit',
    title: 'Verify the audit',
    description:
      'Reads the chain of audit entries for at most 20 s and says where it is broken first, if anywhere: edited, removed, ' +
      'inserted or exchanged entries. For auditors and administrators of the whole fleet.',
    toolset: 'audit',
    isCore: false,
    rate: 'fleet',
    phase: 0,
    roles: READERS,
    scopes: ['fleet:read'],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: true,
    input: VerifyInput,
    output: VerifyOutput,
    target: { on: 'nothing' },
    async dispatch({ input: { fromSeq, anchor } }) {
      const verified = await audit.verify({
        ...(fromSeq === undefined ? {} : { fromSeq }),
        anchors: anchor === undefined ? [] : [linkOf(anchor)],
        deadlineMs: currentMs() + VERIFY_MS,
      });
      return { output: verified };
    },
    summarize: ({ ok, entries, firstBreak, through, isComplete }) => {
      if (!ok) return `The audit is broken at entry ${firstBreak?.seq}: ${firstBreak?.message}`;
      const more = isComplete ? '' : ` There are more: call again with fromSeq ${through.seq + 1}.`;
      return `${entries} entries are whole, through ${through.seq}:${through.hash}.${more}`;
    },
  });
}

/** Of a text `seq:hash`. */
function linkOf(anchor: string): { seq: number; hash: string } {
  const [seq = '', hash = ''] = anchor.split(':');
  return { seq: Number(seq), hash };
}
