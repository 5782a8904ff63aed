import { expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { clientFromDocument } from '../support/document-client.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

it('a client made from the document alone lists, reads, proposes, follows, edits and is refused as described', async () => {
  const front = await startFrontEnd();
  const { deviceId } = await addDevice(front.database, 'lab-01', { tags: ['core'] });
  await addDevice(front.database, 'lab-02', { tags: ['core'] });
  const clientOf = async (role: string, scope: string) =>
    clientFromDocument(`${front.apiUrl}/openapi.json`, await front.tokenOf(role, { scope, aud: front.apiUrl }));

  const operator = await clientOf('operator', 'fleet:read fleet:plan fleet:write');
  const page = await operator['list_devices']!({ parameters: { tag: ['core'], limit: 1 } });
  expect(page.body).toMatchObject({ devices: [{ name: 'lab-01' }], total: 2 });
  expect(page.headers.get('link')).toContain('rel="next"');
  const cursor = String(page.body['nextCursor']);
  const second = await operator['list_devices']!({ parameters: { tag: ['core'], limit: 1, cursor } });
  expect(second.body).toMatchObject({ devices: [{ name: 'lab-02' }] });
  const read = await operator['get_dns_status']!({ parameters: { deviceId } });
  expect(read.body).toMatchObject({ deviceName: 'lab-01', servers: ['1.1.1.1'] });
  const written = await operator['update_dns_servers']!({
    parameters: { deviceId },
    body: { dnsServers: ['9.9.9.9'], dryRun: true },
  });
  expect(written.body).toMatchObject({ outcome: 'would_change' });

  const wish = { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'], comment: 'new resolvers' };
  const proposal = { parameters: { 'Idempotency-Key': 'walk-1' }, body: wish };
  const proposed = await operator['plan_dns_ntp']!(proposal);
  expect(proposed.status).toBe(201);
  const planId = String(proposed.body['planId']);
  expect(proposed.headers.get('location')).toBe(`${front.apiUrl}/plans/${planId}`);
  expect((await operator['plan_dns_ntp']!(proposal)).body).toMatchObject({ planId });
  expect((await operator['get_plan']!({ parameters: { planId } })).body).toEqual(proposed.body);
  expect((await operator['list_plans']!({ parameters: { status: ['awaiting_approval'] } })).body).toMatchObject({
    plans: [{ planId }],
  });
  expect((await operator['get_plan_approvals']!({ parameters: { planId } })).body).toMatchObject({ approvalsGiven: 0 });
  expect((await operator['list_audit_events']!({ parameters: { planId } })).body).toMatchObject({
    events: expect.arrayContaining([expect.objectContaining({ action: 'plan_dns_ntp', outcome: 'ok' })]) as unknown[],
  });
  const taken = await operator['take_snapshot']!({ parameters: { deviceId }, body: { comment: 'before' } });
  const from = String(taken.body['snapshotId']);
  expect((await operator['diff_snapshots']!({ parameters: { from, to: from } })).body).toMatchObject({ isEqual: true });
  expect((await operator['list_operations']!()).body).toMatchObject({ total: expect.any(Number) as number });
  expect((await operator['register_device']!({ body: REGISTRATION })).status).toBe(403);

  const admin = await clientOf('admin', 'fleet:read fleet:admin');
  const device = await admin['get_device']!({ parameters: { deviceId } });
  const etag = device.headers.get('etag') ?? '';
  const fresh = await admin['get_device']!({ parameters: { deviceId, 'If-None-Match': etag } });
  expect(fresh.status).toBe(304);
  const edit = { parameters: { deviceId, 'If-Match': etag }, body: { tags: ['edge'] } };
  expect((await admin['update_device']!(edit)).body).toMatchObject({ tags: ['edge'] });
  const stale = await admin['update_device']!(edit);
  expect([stale.status, stale.body['code']]).toEqual([412, 'PRECONDITION_FAILED']);
  expect((await admin['register_device']!({ body: REGISTRATION })).status).toBe(201);
  expect((await admin['register_device']!({ body: REGISTRATION })).body['code']).toBe('DEVICE_EXISTS');
  expect((await admin['test_device']!({ parameters: { deviceId } })).status).toBe(200);
  expect((await admin['decommission_device']!({ parameters: { deviceId }, body: {} })).body['code']).toBe(
    'DEVICE_IN_USE',
  );
  expect((await admin['get_device']!({ parameters: { deviceId: 'nobody' } })).status).toBe(404);
  const stranger = await clientFromDocument(`${front.apiUrl}/openapi.json`, 'nonsense');
  expect((await stranger['list_devices']!()).status).toBe(401);
});

const REGISTRATION = { name: 'new-01', host: '192.0.2.1', environment: 'lab', username: 'convoy', password: 'secret' };
