import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toBytes, toNumber, toRequiredText } from '../../routeros/values.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

export const INTERFACE = '/interface';

/** What is asked of every interface. */
export const INTERFACE_FIELDS = [
  'name',
  'type',
  'running',
  'disabled',
  'dynamic',
  'slave',
  'comment',
  'mac-address',
  'mtu',
  'actual-mtu',
  'l2mtu',
  'link-downs',
  'rx-byte',
  'tx-byte',
  'rx-error',
  'tx-error',
  'rx-drop',
  'tx-drop',
] as const;

/** What every interface has, whatever its type. */
export const Interface = z.strictObject({
  id: Word,
  name: Name,
  type: Word.nullable(),
  running: z.boolean(),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  slave: z.boolean().describe('It belongs to a bridge or bond'),
  comment: CommentText,
  macAddress: Word.nullable(),
  mtu: z.number().nullable(),
  actualMtu: z.number().nullable(),
  l2Mtu: z.number().nullable(),
  linkDowns: z.number().nullable(),
  rxBytes: z.number().nullable(),
  txBytes: z.number().nullable(),
  rxErrors: z.number().nullable(),
  txErrors: z.number().nullable(),
  rxDrops: z.number().nullable(),
  txDrops: z.number().nullable(),
});

export function toInterface(row: RouterRecord): z.input<typeof Interface> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    type: row['type'] ?? null,
    running: toBoolean(row['running']),
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    slave: toBoolean(row['slave']),
    comment: row['comment'] ?? null,
    macAddress: row['mac-address'] ?? null,
    mtu: toNumber(row['mtu']),
    actualMtu: toNumber(row['actual-mtu']),
    l2Mtu: toNumber(row['l2mtu']),
    linkDowns: toNumber(row['link-downs']),
    rxBytes: toBytes(row['rx-byte']),
    txBytes: toBytes(row['tx-byte']),
    rxErrors: toNumber(row['rx-error']),
    txErrors: toNumber(row['tx-error']),
    rxDrops: toNumber(row['rx-drop']),
    txDrops: toNumber(row['tx-drop']),
  };
}
