import { defineEntity, p } from '@mikro-orm/core';

/** The end of the chain: one row, moved on by the trigger that appends. */
export const AuditHeadEntity = defineEntity({
  name: 'AuditHead',
  tableName: 'audit_head',
  properties: { id: p.smallint().primary().autoincrement(false), seq: p.bigint('number'), hash: p.text() },
});

/** Ends of the chain that were told to the log as well. */
export const AuditAnchorEntity = defineEntity({
  name: 'AuditAnchor',
  tableName: 'audit_anchor',
  properties: {
    seq: p.bigint('number').primary().autoincrement(false),
    hash: p.text(),
    at: p.datetime().defaultRaw('now()'),
  },
});

/** Where the chain begins after entries were removed for their age; the last one counts. */
export const AuditCheckpointEntity = defineEntity({
  name: 'AuditCheckpoint',
  tableName: 'audit_checkpoint',
  properties: {
    seq: p.bigint('number').primary().autoincrement(false),
    hash: p.text(),
    at: p.datetime().defaultRaw('now()'),
  },
});
