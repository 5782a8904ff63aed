import { expect, test } from 'vitest';
import type { Choices } from '../../../mcp-server/gateway/plan-page/plan-form.ts';
import { renderPlanPage } from '../../../mcp-server/gateway/plan-page/render-plan-page.ts';
import type { LeftObject } from '../../../shared/domain/left-object.ts';
import type { StoredPlan, StoredPlanDevice } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { storedPlan } from '../../support/stored-plan.ts';

const CHANGES = [{ path: '/ip/dns', key: 'servers', before: '192.0.2.1', after: '192.0.2.2', summary: '' }];
const OTHER = 'pln_01JZZZZZZZZZZZZZZZZZZZZZZB';

function device(name: string, given: Partial<StoredPlanDevice> = {}): StoredPlanDevice {
  return { deviceId: `dev_${name}`, name, status: 'pending', changes: CHANGES, wave: 0, ...given };
}

/** The page's text, as a browser would show it. */
function textOf(given: Partial<StoredPlan>, signals: Choices['signals'] = []): string {
  const plan = storedPlan({ devices: [device('a')], ...given });
  const page = renderPlanPage({
    plan,
    ruleOrders: new Map(),
    choices: { signals, whyNotApprove: null, mustSignIn: false, token: 't', comment: '', chosen: new Set() },
    signedInAs: 'anna',
    approvalUrl: 'https://approvals.example.net',
    namespace: 'convoy',
    reload: null,
    notice: null,
  });
  return page.replaceAll(/<style>.*<\/style>|<[^>]+>/gs, ' ').replaceAll(/\s+/g, ' ');
}

test('who decides reads by when, how long that counts, what to read first and what is left alone, before what is fine', () => {
  const text = textOf({
    devices: [device('a'), device('b', { status: 'skipped', changes: [] })],
    preChecks: [
      { check: 'reachable', result: 'ok', message: 'All answered.', devices: [] },
      { check: 'no_other_plan', result: 'warning', message: `Also ${OTHER}, with a.`, devices: ['a'] },
    ],
  });
  expect(text).toContain('DNS and NTP servers on 1 device in lab');
  expect(text).toContain('Until 2027-01-03 12:00 UTC ; after that the plan expires. Approvals then hold for 72 hours');
  expect(text).toContain(`Also ${OTHER} , with a.`);
  expect(text).toContain('Left alone , because already as wanted: b');
  const order = ['To be read first', 'Changes', 'Left alone', 'All answered.', 'Nobody has decided yet'];
  expect(order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b)).toEqual(
    order.map((part) => text.indexOf(part)),
  );
});

test('entries that come, go and move are told from settings that change', () => {
  const line = (path: string, key: string, before: string | null, after: string | null) => ({
    path,
    key,
    before,
    after,
    summary: '',
  });
  const changes = [
    line('/ip/route[dst-address=192.0.2.0/24]', 'dst-address', null, '192.0.2.0/24'),
    line('/ip/route[dst-address=198.51.100.0/24]', 'dst-address', '198.51.100.0/24', null),
    line('/ip/firewall/filter[comment=x]', 'position', 'at the end', 'before [comment=y]'),
    line('/interface[name=ether1]', 'comment', null, 'uplink'),
  ];
  const text = textOf({ devices: [device('a', { changes })] });
  expect(text).toMatch(/added \/ip\/route\[dst-address=192/);
  expect(text).toMatch(/removed \/ip\/route\[dst-address=198/);
  expect(text).toMatch(/moved \/ip\/firewall/);
  expect(text).toMatch(/(?<!added|moved|removed) \/interface\[name=ether1\] comment \(none\) uplink/);
});

test('a paused rollout says what each control would come to', () => {
  const devices = [
    device('a', { status: 'failed' }),
    device('b', { status: 'rolled_back' }),
    device('c'),
    device('d', { status: 'applied' }),
  ];
  const text = textOf({ status: 'paused', statusReason: 'why', devices }, [
    'resume',
    'retry',
    'abort',
    'rollback',
    'skip',
  ]);
  expect(text).toContain('1 changed, 1 failed, 1 put back, 1 to come of 4 devices');
  expect(text).toContain('Resume Goes on with 1 device still to come, and accepts that 1 failed.');
  expect(text).toContain('Try failed devices again Goes on, with 1 device that failed first.');
  expect(text).toContain('Roll back Ends the rollout and puts every changed device back');
  expect(text).toContain('Leave devices out (1 not begun)');
  expect(text).not.toContain('starts as soon as');
});

test('what a rollback left is named object by object, with the snapshot to go back to', () => {
  const left = ['servers', 'allow-remote-requests'].map((field): LeftObject => {
    return { menu: '/ip/dns', key: null, field, expected: 'x', planned: 'y', found: '<z>', why: 'conflict' };
  });
  const error = { code: 'PLAN_STALE' as const, message: '2 objects.', retryable: false, details: { left } };
  const devices = [device('a', { status: 'rollback_failed', error, snapshotId: 'snp_1' })];
  const text = textOf({ status: 'rollback_incomplete', statusReason: 'See a.', devices }, ['rollback']);
  for (const { field } of left) {
    expect(text).toContain(`/ip/dns ${field}: &lt;z&gt; (changed by somebody else); before the plan it was x`);
  }
  expect(text).toContain('snapshot snp_1');
  expect(text).toContain('Roll back Tries once more to put back what is left.');
});

test('an ended plan says until when its approval lets failed devices be tried again', () => {
  const devices = [device('a', { status: 'failed' })];
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  expect(textOf({ status: 'failed', devices, approvalValidUntil: soon })).toMatch(
    /The approval holds until \S+ \S+ UTC ; failed devices are tried again only until then/,
  );
  expect(textOf({ status: 'failed', devices, approvalValidUntil: '2026-01-01T00:00:00.000Z' })).toContain(
    'The approval held until 2026-01-01 00:00 UTC',
  );
});
