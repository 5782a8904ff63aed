import { afterAll, beforeAll, expect, test } from 'vitest';
import { ulid } from 'ulid';
import { AUDIT_SCHEDULE_ID } from '../../worker/audit-schedule.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 1 });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
});

test('the outcome of a write is recorded once, by the workflow when the front end that asked is gone', async () => {
  const { audit } = platform.database;
  const [device] = platform.devices;
  const { deviceId, name } = device!;
  const callId = ulid();
  const request = { action: 'update_dns_servers', actor: 'olga', deviceId, operation: 'update_dns_servers' };
  await audit.append({ ...request, key: `call/${callId}`, outcome: 'requested' });
  const change = (dnsServers: string[]) =>
    platform.fleet.change({
      deviceId,
      deviceName: name,
      cause: {
        by: 'operation',
        operation: 'update_dns_servers',
        input: { dnsServers },
        requestedBy: 'olga',
        correlationId: `from-a-client/${callId}`,
        callId,
      },
    });
  expect(await change(['192.0.2.77'])).toMatchObject({ outcome: 'applied' });
  const record = { ...request, outcome: 'ok', environment: 'lab', details: { result: 'applied' } };
  const of = { deviceId, limit: 10 };
  expect(await audit.list(of)).toMatchObject([
    { ...record, key: `call/${callId}/outcome`, correlationId: 'from-a-client', via: 'workflow' },
    { key: `call/${callId}` },
  ]);
  // The front end comes second and adds nothing.
  expect(await audit.append({ ...request, key: `call/${callId}/outcome`, outcome: 'failed' })).toBe(false);
  expect(await audit.records(of)).toMatchObject([{ key: `call/${callId}`, outcome: 'ok', outcomeSeq: 2 }]);
});

test('what a dead process left open is settled, and the end of the chain is told to the log', async () => {
  const { audit } = platform.database;
  const long = new Date(Date.now() - 20 * 60_000).toISOString();
  const open = { action: 'plan_dns_ntp', actor: 'olga', outcome: 'requested' as const };
  await audit.append({ ...open, key: 'call/left-open', at: long });
  await audit.append({ ...open, key: 'call/just-begun' });
  const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  try {
    await client.schedule.getHandle(AUDIT_SCHEDULE_ID).trigger('ALLOW_ALL');
    const settled = () => audit.list({ action: 'plan_dns_ntp', limit: 10 });
    await waitUntil('the open record to be settled', async () => (await settled()).length === 3);
    expect((await settled()).map(({ key, outcome, code }) => [key, outcome, code])).toEqual([
      ['call/left-open/outcome', 'unknown', 'OUTCOME_UNKNOWN'],
      ['call/just-begun', 'requested', null],
      ['call/left-open', 'requested', null],
    ]);
    const anchor = await waitUntil('the chain to be anchored', () => audit.lastAnchor());
    const logged = await waitUntil('the anchor in the log', () =>
      platform.workers.flatMap(({ log }) => log).find(({ event }) => event === 'audit.anchor'),
    );
    expect(logged).toMatchObject({ msg: 'audit anchor', seq: anchor.seq, hash: anchor.hash });
    expect(await audit.verify()).toMatchObject({ ok: true });
  } finally {
    await client.connection.close();
  }
});

test('every workflow replays', async () => {
  expect(await expectAllToReplay(platform)).toContain('auditCareWorkflow');
});
