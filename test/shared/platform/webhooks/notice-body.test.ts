import { expect, test } from 'vitest';
import type { FleetEvent } from '../../../../shared/domain/fleet-event.ts';
import { fleetEventBody, summaryBody } from '../../../../shared/platform/webhooks/notice-body.ts';

const NOW = Date.parse('2026-03-01T10:02:00Z');

function event(device: string, details: object, more: Partial<FleetEvent> = {}): FleetEvent {
  return {
    type: 'device.status_changed',
    key: `${device} ${JSON.stringify(details)}`,
    at: '2026-03-01T10:00:00.000Z',
    deviceId: `dev_${device}`,
    deviceName: device,
    environment: 'prod',
    tags: ['site:berlin'],
    details: { ...details },
    ...more,
  };
}

const down = (device: string): FleetEvent =>
  event(device, { from: 'healthy', to: 'unreachable', reasons: ['It did not answer for 90 s.'] });
const up = (device: string): FleetEvent => event(device, { from: 'unreachable', to: 'healthy', reasons: [] });

function dataOf(first: FleetEvent, ...others: FleetEvent[]): Record<string, unknown> {
  const body = JSON.parse(fleetEventBody([first, ...others], NOW)) as { data: Record<string, unknown> };
  return body.data;
}

test('one device is said by name, with its reasons', () => {
  expect(JSON.parse(fleetEventBody([down('core-01')], NOW))).toEqual({
    type: 'device.status_changed',
    timestamp: '2026-03-01T10:02:00.000Z',
    data: {
      title: 'core-01 is unreachable, and was healthy',
      lines: ['It did not answer for 90 s.'],
      tone: 'bad',
      place: 'site:berlin',
      environment: 'prod',
      count: 1,
      devices: { total: 1, names: ['core-01'], namesLeftOut: 0, byStatus: { unreachable: 1 } },
      events: [
        {
          at: '2026-03-01T10:00:00.000Z',
          deviceId: 'dev_core-01',
          device: 'core-01',
          environment: 'prod',
          tags: ['site:berlin'],
          details: { from: 'healthy', to: 'unreachable', reasons: ['It did not answer for 90 s.'] },
        },
      ],
      eventsLeftOut: 0,
    },
  });
});

test('a dead site is one message with how many, the first by name and what became of each', () => {
  const names = Array.from({ length: 60 }, (_, index) => `ap-${String(index).padStart(2, '0')}`);
  const [first, ...others] = names.map(down);
  const data = dataOf(first!, ...others, up('ap-00'), event('ap-60', { from: 'unreachable', to: 'healthy' }));
  expect(data).toMatchObject({
    title: 'Site berlin: of 61 devices 59 unreachable, 1 healthy again after a while, 1 healthy again',
    tone: 'bad',
    count: 62,
    devices: { total: 61, byStatus: { unreachable: 59, healthy: 2 } },
    eventsLeftOut: 12,
  });
});

test('a site that is back is one message too', () => {
  expect(dataOf(up('a'), up('b'), up('c'))).toMatchObject({
    title: 'Site berlin: 3 devices healthy again',
    lines: ['healthy again: a, b, c'],
    tone: 'good',
  });
});

test.each<[FleetEvent['type'], object, string]>([
  ['device.certificate_changed', { before: 'AA', after: 'BB' }, 'x shows another certificate'],
  ['device.flapping', { isFlapping: true, changes: 9, withinSeconds: 600 }, 'x is flapping'],
  ['device.flapping', { isFlapping: false }, 'x is steady again'],
  ['drift.found', { objects: 2, menus: ['/ip/dns'] }, 'x differs from its baseline in 2 objects'],
  ['drift.cleared', {}, 'x is as its baseline says again'],
  ['snapshot.failed', { code: 'TIMEOUT', message: 'It took too long.' }, 'x could not be saved in a snapshot'],
])('%s %j is "%s"', (type, details, title) => {
  expect(dataOf(event('x', details, { type }))).toMatchObject({ title, count: 1 });
  const many = dataOf(event('x', details, { type }), event('y', details, { type }));
  expect(many).toMatchObject({ title: expect.stringMatching(/^Site berlin: /), lines: ['x, y'], count: 2 });
});

test('what is of no device has no place', () => {
  const of = { deviceId: null, deviceName: null, environment: null, tags: [] };
  const anchor = dataOf(event('', { seq: 41, hash: 'ab' }, { ...of, type: 'audit.anchored' }));
  expect(anchor).toMatchObject({ title: 'The audit ends with entry 41', place: null, devices: { total: 0 } });
  const stop = { stopId: 'stp_1', scope: 'the fleet', reason: 'wrong\u{202e} resolvers', by: 'Olga' };
  const stopped = dataOf(event('', stop, { ...of, type: 'emergency.stopped' }));
  expect(stopped).toMatchObject({
    title: 'Emergency stop of the fleet',
    lines: ['By: Olga', String.raw`Why: wrong\u{202e} resolvers`],
  });
});

test('texts of routers are cleaned and cut, and details that are deep or long are bounded', () => {
  const data = dataOf(
    event('x', { from: 'healthy', to: 'critical', reasons: ['https://evil.example '.repeat(99)], deep: [[[[[1]]]]] }),
  );
  const text = JSON.stringify(data);
  expect(text).not.toContain('https:');
  expect(text.length).toBeLessThan(3_000);
});

test('what quiet hours held back is one summary: a line for each group, counted by type, plans with all their steps', () => {
  const plan = {
    of: 'plan',
    planId: 'pln_1',
    eventId: 'evt_1',
    kind: 'dns_ntp',
    environment: 'prod',
    status: 'x',
  } as const;
  const body = summaryBody(
    [
      [down('a'), down('b'), up('a'), up('b')].map((one) => ({ of: 'fleet', event: one })) as never,
      [
        {
          ...plan,
          type: 'plan.approval_needed',
          at: '2026-03-01T09:00:00.000Z',
          link: 'https://c.example/plans/pln_1',
        },
        { ...plan, type: 'plan.expired', at: '2026-03-01T12:00:00.000Z', link: 'https://c.example/plans/pln_1' },
      ],
    ],
    NOW,
  );
  expect(JSON.parse(body)).toMatchObject({
    type: 'notifications.summary',
    data: {
      title: '6 events were held back in quiet hours',
      lines: [
        'Site berlin: 2 devices healthy again after a while',
        'Plan pln_1 (dns_ntp, prod): plan approval needed (2026-03-01 09:00 UTC), plan expired (2026-03-01 12:00 UTC)',
      ],
      firstAt: '2026-03-01T09:00:00.000Z',
      lastAt: '2026-03-01T12:00:00.000Z',
      count: 6,
      byType: { 'device.status_changed': 4, 'plan.approval_needed': 1, 'plan.expired': 1 },
      groupsLeftOut: 0,
    },
  });
});
