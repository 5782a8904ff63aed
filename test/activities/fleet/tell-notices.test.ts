import { expect, onTestFinished, test } from 'vitest';
import { announcePlan } from '../../../activities/fleet/announce-plan.ts';
import { tellNotices } from '../../../activities/fleet/tell-notices.ts';
import type { FleetEvent } from '../../../shared/domain/fleet-event.ts';
import { QuietHours } from '../../../shared/domain/quiet-hours.ts';
import { fixedWebhooks, type WebhookEndpoint } from '../../../shared/platform/webhooks/webhook-file.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';
import { sampleDevice } from '../../shared/platform/persistence/sample-device.ts';
import { samplePlan } from '../../shared/platform/persistence/sample-plan.ts';
import { freshNamespace, temporalClient } from '../../support/temporal.ts';

const HOUR_MS = 3_600_000;

/** Quiet from an hour ago until in an hour, which may be another day. */
function quietNow(): QuietHours {
  const clock = (away: number) => new Date(Date.now() + away * HOUR_MS).toISOString().slice(11, 16);
  return QuietHours.parse({ timeZone: 'UTC', from: clock(-1), to: clock(1) });
}

function endpoint(given: Partial<WebhookEndpoint> & { name: string }): WebhookEndpoint {
  return {
    url: 'https://hooks.example.net/',
    isUrlSecret: false,
    keys: [],
    template: 'standard',
    events: null,
    environments: null,
    tags: null,
    groupSeconds: 60,
    quietHours: null,
    allowPrivateAddress: false,
    ...given,
  };
}

function drift(deviceName: string, given: Partial<FleetEvent> = {}): FleetEvent {
  return {
    type: 'drift.found',
    key: `drift/${deviceName}`,
    at: new Date().toISOString(),
    deviceId: `dev_${deviceName}`,
    deviceName,
    environment: 'lab',
    tags: [],
    details: { objects: 1, menus: ['/ip/dns'] },
    ...given,
  };
}

test('what quiet hours hold back of plans and the fleet is one summary when they end; others hear of it in time', async () => {
  const database = await openTestDatabase();
  const client = await temporalClient({ subject: 'svc-worker', namespace: await freshNamespace() });
  onTestFinished(() => client.connection.close());
  const source = fixedWebhooks({
    endpoints: [
      endpoint({ name: 'night', quietHours: quietNow() }),
      endpoint({ name: 'day' }),
      endpoint({ name: 'prod', environments: ['prod'] }),
    ],
    escalation: {},
  });
  const addresses = { publicUrl: 'https://c.example', approvalUrl: 'https://a.example', namespace: 'x' };
  const tell = (awayMs: number) => tellNotices({ client, database, source }, () => Date.now() + awayMs);
  const told = async (name: string): Promise<unknown[]> => {
    const found = (await database.webhooks.list({ limit: 50 })).filter((one) => one.endpoint === name);
    return found.map(({ type }) => type).sort((one, other) => (one < other ? -1 : 1));
  };

  const device = sampleDevice({ name: 'a' });
  await database.devices.insert(device, 'x');
  const plan = samplePlan([device]);
  await database.plans.create(plan);
  const announce = (event: 'plan.approval_needed' | 'rollout.failed') =>
    announcePlan({ client, database, source, addresses }, { planId: plan.planId, event, key: event });
  for (const event of ['plan.approval_needed', 'rollout.failed', 'plan.approval_needed'] as const)
    await announce(event);
  const emergency = {
    type: 'emergency.stopped',
    deviceId: null,
    deviceName: null,
    environment: null,
    key: 'stop',
  } as const;
  await database.fleetEvents.append([
    drift('a'),
    drift('b'),
    drift('', { ...emergency, details: { scope: 'the fleet' } }),
  ]);

  expect(await tell(0)).toEqual({ events: 3, messages: 3, deliveries: 3 });
  // What is critical came at once; the group is open yet.
  expect(await told('night')).toEqual(['emergency.stopped', 'rollout.failed']);
  expect(await told('day')).toEqual(['emergency.stopped', 'plan.approval_needed', 'rollout.failed']);
  expect(await tell(61_000)).toEqual({ events: 0, messages: 1, deliveries: 1 });
  expect(await told('day')).toContain('drift.found');
  expect(await tell(30 * 60_000)).toEqual({ events: 0, messages: 0, deliveries: 0 });

  // Two workers at once, after the night.
  const morning = await Promise.all([tell(2 * HOUR_MS), tell(2 * HOUR_MS)]);
  expect(morning.reduce((sum, { messages }) => sum + messages, 0)).toBe(1);
  expect(await tell(3 * HOUR_MS)).toEqual({ events: 0, messages: 0, deliveries: 0 });
  expect(await told('night')).toEqual(['emergency.stopped', 'notifications.summary', 'rollout.failed']);
  expect(await told('prod')).toEqual(['emergency.stopped']);
  const [summary] = await database.webhooks.list({ type: 'notifications.summary', limit: 1 });
  const body = (await database.webhooks.get(summary?.eventId ?? '', 'night'))?.body ?? '{}';
  expect(JSON.parse(body)).toMatchObject({
    data: {
      count: 3,
      byType: { 'drift.found': 2, 'plan.approval_needed': 1 },
      lines: expect.arrayContaining([
        'Environment lab: 2 devices differ from their baselines',
        expect.stringContaining(`Plan ${plan.planId} (dns_ntp, lab): plan approval needed`),
      ]),
    },
  });
});
