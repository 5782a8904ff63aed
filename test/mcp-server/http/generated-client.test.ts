import { expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { generateClient, type GeneratedAnswer } from '../support/generate-client.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

it('a client generated from the served document reads, proposes, looks up and edits', async () => {
  const front = await startFrontEnd();
  const { deviceId } = await addDevice(front.database, 'lab-01', { tags: ['core'] });
  const client = await generateClient(`${front.apiUrl}/openapi.json`);
  const operator = await front.tokenOf('operator');
  const admin = await front.tokenOf('admin', { scope: 'fleet:read fleet:admin', aud: front.apiUrl });
  const call = (name: string, token: string, options: Record<string, unknown> = {}): Promise<GeneratedAnswer> => {
    const operation = client[name];
    if (operation === undefined) throw new Error(`the document has no ${name}`);
    return operation({ baseUrl: front.apiUrl, auth: token, ...options });
  };

  const page = await call('listDevices', operator, { query: { tag: ['core'], limit: 10 } });
  expect(page.data).toMatchObject({ devices: [{ name: 'lab-01', deviceId }], total: 1 });
  const read = await call('getDnsStatus', operator, { path: { deviceId } });
  expect(read.data).toMatchObject({ deviceName: 'lab-01', servers: ['1.1.1.1'] });
  const wish = { deviceIds: [deviceId], dnsServers: ['9.9.9.9'], comment: 'new resolvers' };
  const proposed = await call('planDnsNtp', operator, { body: wish });
  expect(proposed.response.status).toBe(201);
  const planId = proposed.data?.['planId'];
  expect((await call('getPlan', operator, { path: { planId } })).data).toMatchObject({ status: 'awaiting_approval' });
  expect((await call('listAuditEvents', operator, { query: { planId } })).data).toMatchObject({
    events: expect.arrayContaining([expect.objectContaining({ action: 'plan_dns_ntp' })]) as unknown[],
  });

  const refused = await call('updateDevice', operator, { path: { deviceId }, body: { tags: ['edge'] } });
  expect(refused.error).toMatchObject({ code: 'FORBIDDEN', status: 403 });
  const device = await call('getDevice', admin, { path: { deviceId } });
  const headers = { 'If-Match': device.response.headers.get('etag') };
  const edited = await call('updateDevice', admin, { path: { deviceId }, body: { tags: ['edge'] }, headers });
  expect(edited.data).toMatchObject({ tags: ['edge'] });
  const stale = await call('updateDevice', admin, { path: { deviceId }, body: { tags: ['core'] }, headers });
  expect(stale.error).toMatchObject({ code: 'PRECONDITION_FAILED', status: 412 });
});
