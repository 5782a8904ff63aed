import type { FleetEventDetails } from '../../../domain/fleet-event.ts';
import { CHAIN_START, type ChainLink } from '../audit-chain.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { insertFleetEvents } from './fleet-event-store.ts';

export interface AuditAnchor extends ChainLink {
  at: string;
}

/** Ends of the chain, kept so that a chain that was cut off or made anew does not pass for the old one. */
export interface AuditAnchors {
  /** The last entry; `seq` 0 in an empty audit. */
  head(): Promise<ChainLink>;
  lastAnchor(): Promise<AuditAnchor | null>;
  /**
   * Keeps where the chain ended, and with it what endpoints are told of it; a place that is kept already stays as it is.
   * Answers whether it was new.
   */
  anchor(link: ChainLink): Promise<boolean>;
}

export function createAuditAnchors(units: Units): AuditAnchors {
  return {
    head: () =>
      units.run(async (em) => {
        const [row] = await em.execute<LinkRow[]>('select seq, hash from audit_head');
        return row === undefined ? CHAIN_START : { seq: Number(row.seq), hash: row.hash };
      }),
    lastAnchor: () =>
      units.run(async (em) => {
        const [row] = await em.execute<(LinkRow & { at: string })[]>(
          'select seq, hash, at from audit_anchor order by seq desc limit 1',
        );
        return row === undefined ? null : { seq: Number(row.seq), hash: row.hash, at: toIsoTime(row.at) };
      }),
    anchor: ({ seq, hash }) =>
      units.transact(async (em) => {
        const [row] = await em.execute<{ at: string }[]>(
          'insert into audit_anchor (seq, hash) values (?, ?) on conflict (seq) do nothing returning at',
          [seq, hash],
        );
        if (row === undefined) return false;
        const details = { seq, hash } satisfies FleetEventDetails['audit.anchored'];
        const of = { deviceId: null, deviceName: null, environment: null, tags: [] };
        const key = `audit-anchor/${seq}`;
        await insertFleetEvents(em, [{ type: 'audit.anchored', key, at: toIsoTime(row.at), ...of, details }]);
        return true;
      }),
  };
}

interface LinkRow {
  seq: string;
  hash: string;
}
