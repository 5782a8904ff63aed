import { expect, test } from 'vitest';
import type { PlanView } from '../../cli/client/shapes.ts';
import { renderPlan } from '../../cli/commands/plan/render-plan.ts';
import { groupsOf } from '../../shared/domain/plan-groups.ts';

type PlanDevice = PlanView['devices'][number];

function device(name: string, change: Partial<PlanDevice> = {}): PlanDevice {
  const changes = [{ path: '/ip/dns', key: 'servers', summary: '/ip/dns servers: 8.8.8.8 → 9.9.9.9' }];
  return { deviceId: `dev_${name}`, name, status: 'pending', changes, ...change };
}

const asChange = (change: PlanDevice['changes'][number]) => ({ ...change, before: null, after: null });

function plan(devices: PlanDevice[], change: Partial<PlanView> = {}): PlanView {
  return {
    planId: 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC',
    kind: 'dns_ntp',
    status: 'awaiting_approval',
    statusReason: null,
    environment: 'lab',
    risk: 'low',
    riskReasons: [],
    digest: 'ab'.repeat(32),
    requestedBy: 'otto',
    comment: '',
    createdAt: '2026-11-24T10:00:00Z',
    expiresAt: '2026-11-25T10:00:00Z',
    approvals: [],
    approvalCommentRequired: false,
    approvalsNeeded: 1,
    refusedDecisions: [],
    rollout: {},
    preChecks: [],
    replaces: null,
    replacedBy: null,
    devices,
    groups: groupsOf(devices.map((one) => ({ ...one, changes: one.changes.map(asChange) }))).map((group) => ({
      ...group,
    })),
    estimatedEndAt: null,
    progress: {
      applied: 0,
      failed: 0,
      pending: devices.length,
      skipped: 0,
      deferred: 0,
      total: devices.length,
    },
    links: { console: 'http://c', temporal: 'http://t' },
    ...change,
  };
}

test('puts devices with equal diffs together and keeps different ones apart', () => {
  const other = [{ path: '/ip/dns', key: 'servers', summary: '/ip/dns servers: 1.1.1.1 → 9.9.9.9' }];
  const text = renderPlan(
    plan([device('a'), device('b', { changes: other }), device('c'), device('d', { changes: [] })]),
  );
  expect(text).toContain('changes on 2 devices: a, c\n    /ip/dns servers: 8.8.8.8 → 9.9.9.9');
  expect(text).toContain('changes on 1 device: b\n    /ip/dns servers: 1.1.1.1 → 9.9.9.9');
});

test('says when nothing changes, and which devices already are as wanted', () => {
  const text = renderPlan(plan([device('a', { changes: [], status: 'skipped' })]));
  expect(text).toContain('changes: none\nalready as wanted on 1 device: a');
});

test('gives the reasons of the risk, and what was looked at with what is wrong first', () => {
  const preChecks = [
    { check: 'reachable', result: 'ok', message: 'All 2 devices answered.', devices: [] },
    { check: 'no_other_plan', result: 'warning', message: 'pln_other is about 1 of them.', devices: ['a'] },
  ];
  const riskReasons = ['production devices are changed', '120 devices are changed, more than 10'];
  const text = renderPlan(plan([device('a')], { risk: 'high', riskReasons, preChecks, replaces: 'pln_old' }));
  expect(text).toContain('high because: production devices are changed, 120 devices are changed, more than 10');
  expect(text).toMatch(/checks:\n {4}WARNING {1}no other plan: pln_other .*\n {4}ok {6}reachable: All 2/);
  expect(text).toMatch(/replaces: +pln_old/);
});

test('names a few devices of many and counts the rest, but lists those with trouble', () => {
  const many = Array.from({ length: 100 }, (_, index) => device(`lab-${index}`, { status: 'applied' }));
  const failed = device('lab-bad', { status: 'failed', error: { code: 'DEVICE_TIMEOUT', message: 'too slow' } });
  const text = renderPlan(plan([...many, failed]));
  expect(text).toContain('and 89 more');
  expect(text).toContain('devices: 100 applied, 1 failed');
  expect(text).toMatch(/lab-bad +failed +DEVICE_TIMEOUT: too slow/);
  expect(text).not.toContain('lab-77');
});

test('shows votes that count and votes that do not', () => {
  const text = renderPlan(
    plan([device('a')], {
      approvals: [{ by: 'ada', at: '2026-11-24T11:00:00Z', decision: 'approve', via: 'temporal-ui', comment: 'fine' }],
      refusedDecisions: [
        { by: null, at: '2026-11-24T10:30:00Z', decision: 'approve', code: 'APPROVAL_INVALID', message: 'not proven' },
      ],
    }),
  );
  expect(text).toContain('approvals: 1 of 1');
  expect(text).toContain('approve by ada at 2026-11-24T11:00:00Z (temporal-ui): fine');
  expect(text).toContain('not counted: approve by nobody proven at 2026-11-24T10:30:00Z, APPROVAL_INVALID: not proven');
});

test('never lets a text from a router steer the terminal', () => {
  const hostile = '\u001b[2J\u001b[1;1Happroved\u202e\r\n\u0007';
  const text = renderPlan(
    plan(
      [
        device(hostile, {
          changes: [{ path: '/x', key: 'y', summary: hostile }],
          error: { code: 'X', message: hostile },
        }),
      ],
      {
        comment: hostile,
        statusReason: hostile,
      },
    ),
  );
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('\\u{1b}[2J');
});

test('names what is left on devices that could not be put back, and what to do there', () => {
  const left = [
    {
      menu: '/ip/dns',
      key: null,
      field: 'servers',
      expected: '8.8.8.8',
      planned: '9.9.9.9',
      found: '192.0.2.99\u001b[2J',
      why: 'conflict' as const,
    },
  ];
  const error = { code: 'PLAN_STALE', message: 'left alone', hint: 'Set it by hand.', details: { left } };
  const text = renderPlan(
    plan([device('lab-02', { status: 'rollback_failed', error, snapshotId: 'snp_1' })], {
      rollbackUntil: '2026-11-26T10:00:00Z',
    }),
  );
  expect(text).toMatch(
    /left on lab-02:\n {4}\/ip\/dns servers: 192.0.2.99.* \(changed by somebody else\); .* was 8.8.8.8/,
  );
  expect(text.replaceAll('\u001b[7m', '').replaceAll('\u001b[27m', '')).not.toContain('\u001b');
  expect(text).toContain('Set it by hand.');
  expect(text).toContain('snp_1');
  expect(text).toContain('possible until 2026-11-26T10:00:00Z');
});

test('counts every device once, and says when the rollout is expected to end', () => {
  const progress = { applied: 3, failed: 0, pending: 6, skipped: 1, deferred: 2, total: 10 };
  const text = renderPlan(
    plan([device('a')], { status: 'rolling_out', progress, estimatedEndAt: '2026-11-24T10:05:00Z' }),
  );
  expect(text).toMatch(/progress: +3 applied, 0 failed, 6 pending \(2 to be tried again\), 1 skipped of 10\n/);
  expect(text).toMatch(/expected: +to end at 2026-11-24T10:05:00Z\n/);
});
