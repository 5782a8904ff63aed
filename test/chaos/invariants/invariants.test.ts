import { describe, expect, it } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import type { JournalEntry } from '../../../simulator/router/journal.ts';
import type { AuditEvidence, DeviceEvidence, Invariant, PlanEvidence, SeedEvidence } from '../evidence.ts';
import type { Row } from '../play/routers.ts';
import { approvedBeforeWritten } from './approval.ts';
import { outcomesAudited, writesAudited } from './audit.ts';
import { INVARIANTS } from './index.ts';
import { nothingLeft, plansSettled } from './nothing-left.ts';
import { orderRestored, untouchedInOrder } from './order.ts';
import { skipsHeeded } from './skips.ts';
import { heldAsWritten, wholeAsTold } from './wholeness.ts';
import { onlyWhatWasPlanned, writtenOnce } from './written-once.ts';

const DNS: Step = { op: 'set', menu: '/ip/dns', before: { servers: '1.1.1.1' }, after: { servers: '9.9.9.9' } };
const ENTRY: Step = {
  op: 'add',
  menu: '/ip/firewall/filter',
  key: { comment: 'convoy:new' },
  values: { chain: 'forward', action: 'accept', comment: 'convoy:new' },
  placeBefore: { comment: 'b' },
};
const rule = (id: string, comment: string): Row => ({ '.id': id, chain: 'forward', action: 'accept', comment });
const [A, B, NEW] = [rule('*1', 'a'), rule('*2', 'b'), rule('*3', 'convoy:new')];

/** Seconds into the minute in which everything happens. */
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;

function write(seq: number, fields: Partial<JournalEntry> & Pick<JournalEntry, 'path' | 'command'>): JournalEntry {
  const nothing = { id: null, before: null, after: null };
  return { seq, time: at(10 + seq), user: 'convoy', address: '127.0.0.1', transport: 'rest', ...nothing, ...fields };
}

const setDns = (seq: number, from: string, to: string, more: Partial<JournalEntry> = {}): JournalEntry =>
  write(seq, { path: '/ip/dns', command: 'set', before: { servers: from }, after: { servers: to }, ...more });
const addRule = (seq: number): JournalEntry =>
  write(seq, { path: '/ip/firewall/filter', command: 'add', id: '*3', after: NEW });
const removeRule = (seq: number): JournalEntry =>
  write(seq, { path: '/ip/firewall/filter', command: 'remove', id: '*3', before: NEW });

const APPLIED = [setDns(1, '1.1.1.1', '9.9.9.9'), addRule(2)];
const TAKEN_BACK = [...APPLIED, removeRule(3), setDns(4, '9.9.9.9', '1.1.1.1')];

const change: AuditEvidence = {
  action: 'device.change',
  deviceId: 'dev_1',
  at: at(10),
  endedAt: at(12),
  outcome: 'ok',
  result: 'applied',
};

interface Changes {
  device?: Partial<DeviceEvidence>;
  plan?: Partial<PlanEvidence>;
  row?: Partial<PlanEvidence['devices'][number]>;
}

/** One device to which one plan was applied as it should be, with what the test makes of it. */
function seedWith({ device, plan, row }: Changes = {}): SeedEvidence {
  return {
    seed: 1,
    devices: [
      {
        deviceId: 'dev_1',
        name: 'lab-01',
        initial: { '/ip/dns': [{ servers: '1.1.1.1' }], '/ip/firewall/filter': [A, B] },
        final: { '/ip/dns': [{ servers: '9.9.9.9' }], '/ip/firewall/filter': [A, NEW, B] },
        journal: APPLIED,
        guardsLeft: [],
        requestsInFlight: 0,
        isLocked: false,
        heldBy: [],
        ...device,
      },
    ],
    plans: [
      {
        planId: 'pln_1',
        name: 'plan 1',
        kind: 'dns_ntp',
        status: 'completed',
        statusReason: null,
        approvalsNeeded: 1,
        votes: [{ by: 'approver', at: at(5) }],
        skips: [],
        devices: [{ deviceId: 'dev_1', name: 'lab-01', status: 'applied', error: null, steps: [DNS, ENTRY], ...row }],
        audit: [change],
        running: [],
        ...plan,
      },
    ],
  };
}

const RESTORED = { '/ip/dns': [{ servers: '1.1.1.1' }], '/ip/firewall/filter': [A, B] };
const rollback: AuditEvidence = { ...change, action: 'device.rollback', at: at(13), endedAt: at(15) };
const takenBack: Changes = {
  device: { journal: TAKEN_BACK, final: RESTORED },
  plan: { audit: [change, rollback], status: 'rolled_back' },
  row: { status: 'rolled_back' },
};

describe('all invariants hold of', () => {
  it.each<[string, Changes]>([
    ['a plan that was applied', {}],
    ['a plan that was applied and taken back', takenBack],
    [
      'a plan that was never begun',
      { device: { journal: [], final: RESTORED }, plan: { audit: [] }, row: { status: 'pending' } },
    ],
    [
      'a device that owns up to a part of a plan',
      {
        device: { journal: APPLIED.slice(0, 1), final: { ...RESTORED, '/ip/dns': [{ servers: '9.9.9.9' }] } },
        row: { status: 'unknown' },
        plan: { audit: [{ ...change, outcome: 'unknown' }] },
      },
    ],
    [
      'a guard that took the change back',
      {
        device: {
          journal: [
            ...APPLIED,
            { ...removeRule(3), transport: 'script' },
            { ...setDns(4, '9.9.9.9', '1.1.1.1'), transport: 'script' },
          ],
          final: RESTORED,
        },
        row: { status: 'failed' },
      },
    ],
    [
      'what was edited by hand after the plan',
      {
        device: {
          journal: [...APPLIED, setDns(3, '9.9.9.9', '8.8.8.8', { transport: 'winbox' })],
          final: { '/ip/dns': [{ servers: '8.8.8.8' }], '/ip/firewall/filter': [A, NEW, B] },
        },
      },
    ],
  ])('%s', (_, changes) => {
    const evidence = seedWith(changes);
    expect(INVARIANTS.flatMap((invariant) => invariant(evidence))).toEqual([]);
  });
});

describe('a violation is found where', () => {
  it.each<[string, Invariant, Changes]>([
    ['a plan never comes to an end', plansSettled, { plan: { status: 'rolling_out' } }],
    [
      'something is written that no plan wanted',
      onlyWhatWasPlanned,
      { device: { journal: [...APPLIED, setDns(3, '9.9.9.9', '8.8.8.8')] } },
    ],
    [
      'an edit by hand is written over',
      onlyWhatWasPlanned,
      {
        device: {
          journal: [setDns(1, '1.1.1.1', '8.8.8.8', { transport: 'winbox' }), setDns(3, '8.8.8.8', '9.9.9.9')],
        },
      },
    ],
    [
      'the same values are written once more',
      onlyWhatWasPlanned,
      { device: { journal: [...APPLIED, setDns(3, '9.9.9.9', '9.9.9.9')] } },
    ],
    ['a row is added twice', writtenOnce, { device: { journal: [...APPLIED, addRule(3)] } }],
    ['a row is removed that was never added', writtenOnce, { device: { journal: [removeRule(1)] } }],
    ['a device is told applied with half of the plan', wholeAsTold, { device: { journal: APPLIED.slice(0, 1) } }],
    ['a device is told failed that holds the plan', wholeAsTold, { row: { status: 'failed' } }],
    ['a device is told applied that holds nothing', wholeAsTold, { device: { journal: [] } }],
    [
      'a device is told rolled back with half of the plan',
      wholeAsTold,
      { ...takenBack, device: { journal: TAKEN_BACK.slice(0, 3) } },
    ],
    ['a device stays in the middle', wholeAsTold, { row: { status: 'applying' } }],
    ['the router does not hold what its journal says', heldAsWritten, { device: { final: RESTORED } }],
    ['nobody voted', approvedBeforeWritten, { plan: { votes: [] } }],
    [
      'one person voted twice where two are needed',
      approvedBeforeWritten,
      {
        plan: {
          approvalsNeeded: 2,
          votes: [
            { by: 'approver', at: at(5) },
            { by: 'approver', at: at(6) },
          ],
        },
      },
    ],
    ['the vote came after the write', approvedBeforeWritten, { plan: { votes: [{ by: 'approver', at: at(20) }] } }],
    ['a rejected plan wrote', approvedBeforeWritten, { plan: { status: 'rejected' } }],
    ['untouched rows changed places', untouchedInOrder, { device: { final: { '/ip/firewall/filter': [B, NEW, A] } } }],
    ['an untouched row is gone', untouchedInOrder, { device: { final: { '/ip/firewall/filter': [NEW, B] } } }],
    [
      'a rollback leaves another order',
      orderRestored,
      {
        ...takenBack,
        device: { journal: TAKEN_BACK, final: { ...RESTORED, '/ip/firewall/filter': [B, A] } },
      },
    ],
    ['a write has no audit record', writesAudited, { plan: { audit: [] } }],
    ['a write is older than its audit record', writesAudited, { plan: { audit: [{ ...change, at: at(12) }] } }],
    ['a write is in two audited changes', writesAudited, { plan: { audit: [change, change] } }],
    [
      'an action has no outcome',
      outcomesAudited,
      { plan: { audit: [{ ...change, outcome: 'requested', endedAt: null }] } },
    ],
    [
      'an applied change is recorded as failed',
      outcomesAudited,
      { plan: { audit: [{ ...change, outcome: 'failed' }] } },
    ],
    [
      'a change begins long after its device was taken out',
      skipsHeeded,
      { plan: { skips: [{ deviceId: 'dev_1', at: '2025-12-31T23:59:00.000Z' }] } },
    ],
    ['a lock is held', nothingLeft, { device: { isLocked: true } }],
    ['a plan holds a device', nothingLeft, { device: { heldBy: ['pln_1'] } }],
    ['a guard waits', nothingLeft, { device: { guardsLeft: [{ name: 'convoy-dead-man-1' }] } }],
    ['a rollout runs', nothingLeft, { plan: { running: ['rollout/pln_1'] } }],
  ])('%s', (_, invariant, changes) => {
    expect(invariant(seedWith(changes))).not.toEqual([]);
    expect(invariant(seedWith())).toEqual([]);
  });
});
