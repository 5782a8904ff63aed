import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const WRITE = { deviceId: 'lab-01', dnsServers: ['9.9.9.9'], comment: 'because' };

it('records a write before it is carried out, and then what came of it', async () => {
  const front = await startFrontEnd();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  let before: unknown[] = [];
  front.fleet.answers.change = async () => {
    before = await front.database.audit.list({ limit: 10 });
    return { outcome: 'applied', changes: [], error: null };
  };
  await callTool(front, await front.tokenOf('operator'), 'update_dns_servers', WRITE);
  expect(before).toMatchObject([{ outcome: 'requested', arguments: WRITE }]);
  const [outcome, requested] = await front.database.audit.list({ limit: 10 });
  expect(requested).toMatchObject({
    outcome: 'requested',
    actor: 'operator@convoy.test',
    clientId: 'test-client',
    via: 'mcp',
    deviceId,
    operation: 'update_dns_servers',
  });
  expect(outcome).toMatchObject({ outcome: 'ok', key: `${requested?.key}/outcome` });
});

it('does nothing that it cannot record', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  front.database.audit.append = () => Promise.reject(new Error('disk full'));
  const answer = await callTool(front, await front.tokenOf('operator'), 'update_dns_servers', WRITE);
  expect(answer.structuredContent).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  expect(front.fleet.changes).toEqual([]);
});

it('tells the true outcome of a write even when that outcome cannot be recorded', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const append = front.database.audit.append.bind(front.database.audit);
  front.database.audit.append = (record) =>
    record.outcome === 'requested' ? append(record) : Promise.reject(new Error('disk full'));
  const answer = await callTool(front, await front.tokenOf('operator'), 'update_dns_servers', WRITE);
  expect(answer.structuredContent).toMatchObject({ outcome: 'applied' });
  expect(front.log.some((record) => record['msg'] === 'audit outcome not recorded')).toBe(true);
});

it('records refused, failed and unknown outcomes as what they are', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const token = await front.tokenOf('operator');
  const codes = ['DEVICE_BUSY', 'DEVICE_UNREACHABLE', 'OUTCOME_UNKNOWN'] as const;
  for (const code of codes) {
    front.fleet.answers.change = () => Promise.reject(new AppError(code));
    await callTool(front, token, 'update_dns_servers', WRITE);
  }
  const events = await front.database.audit.list({ limit: 10 });
  expect(events.filter(({ outcome }) => outcome !== 'requested').map(({ outcome, code }) => [outcome, code])).toEqual([
    ['unknown', 'OUTCOME_UNKNOWN'],
    ['failed', 'DEVICE_UNREACHABLE'],
    ['refused', 'DEVICE_BUSY'],
  ]);
});

it('records reads of logs and of whole configurations, and no other reads', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const token = await front.tokenOf('viewer');
  await callTool(front, token, 'get_dns_status', { deviceId: 'lab-01' });
  expect(await front.database.audit.list({ limit: 10 })).toEqual([]);
  await callTool(front, token, 'get_recent_logs', { deviceId: 'lab-01' });
  expect(await front.database.audit.list({ limit: 10 })).toMatchObject([
    { action: 'get_recent_logs', outcome: 'ok' },
    { action: 'get_recent_logs', outcome: 'requested' },
  ]);
  await callTool(front, token, 'get_config_export', { deviceId: 'lab-01' });
  expect((await front.database.audit.list({ limit: 1 }))[0]).toMatchObject({ action: 'get_config_export' });
});

it('records the names of unknown fields and never what they hold', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const given = { ...WRITE, passwrod: 'hunter2', options: { deep: 'hunter2' }, dnsServers: [{ user: 'hunter2' }] };
  await callTool(front, await front.tokenOf('operator'), 'update_dns_servers', given);
  await callTool(front, await front.tokenOf('viewer'), 'update_dns_servers', given);
  const events = await front.database.audit.list({ limit: 10 });
  expect(events.map(({ code }) => code)).toEqual(['FORBIDDEN', 'UNKNOWN_FIELD']);
  for (const event of events) {
    expect(event.arguments).toMatchObject({
      deviceId: 'lab-01',
      comment: 'because',
      passwrod: '[not recorded]',
      options: '[not recorded]',
    });
    expect(JSON.stringify(event)).not.toContain('hunter2');
  }
});
