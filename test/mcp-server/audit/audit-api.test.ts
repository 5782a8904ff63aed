import { expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

async function get(url: string, token: string) {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

async function frontWithTwoDevices() {
  const front = await startFrontEnd();
  const north = await addDevice(front.database, 'north-01', { tags: ['north'] });
  const south = await addDevice(front.database, 'south-01', { tags: ['south'] });
  for (const [n, { deviceId }] of [north, south, north].entries()) {
    const record = { action: 'update_dns_servers', actor: 'olga', deviceId, arguments: { n } };
    await front.database.audit.append({ ...record, key: `call/${n}`, outcome: 'requested' });
    await front.database.audit.append({ ...record, key: `call/${n}/outcome`, outcome: 'ok', arguments: null });
  }
  return { front, north, south };
}

it('streams one line a record, oldest first, and records that it was exported', async () => {
  const { front } = await frontWithTwoDevices();
  const auditor = await front.tokenOf('auditor');
  const { status, type, text } = await get(`${front.apiUrl}/audit/export`, auditor);
  expect([status, type]).toEqual([200, 'application/jsonl; charset=utf-8']);
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records.slice(0, 3)).toMatchObject([
    { seq: 1, outcomeSeq: 2, outcome: 'ok' },
    { seq: 3, outcomeSeq: 4, outcome: 'ok' },
    { seq: 5, outcomeSeq: 6, outcome: 'ok' },
  ]);
  expect((await front.database.audit.records({ limit: 1 }))[0]).toMatchObject({
    action: 'export_audit',
    outcome: 'ok',
  });
  const csv = await get(`${front.apiUrl}/audit/export?format=csv&actor=olga`, auditor);
  expect(csv.type).toBe('text/csv; charset=utf-8; header=present');
  expect(csv.text.trimEnd().split('\r\n')).toHaveLength(4);
});

it('gives an auditor of some devices what was done to those', async () => {
  const { front, north } = await frontWithTwoDevices();
  const token = await front.tokenOf('nora', { groups: ['audit-north'] });
  const { text } = await get(`${front.apiUrl}/audit/export`, token);
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(new Set(records.map(({ deviceId }) => deviceId))).toEqual(new Set([north.deviceId, null]));
  expect(records.filter(({ deviceId }) => deviceId === null).every(({ actor }) => actor !== 'olga')).toBe(true);
  expect((await get(`${front.apiUrl}/audit/verification`, token)).status).toBe(403);
  expect((await get(`${front.apiUrl}/audit/export`, await front.tokenOf('operator'))).status).toBe(403);
});

it('verifies the chain for an auditor, against an anchor that they noted', async () => {
  const { front } = await frontWithTwoDevices();
  const auditor = await front.tokenOf('auditor');
  const verified = await get(`${front.apiUrl}/audit/verification`, auditor);
  const { through, ...rest } = JSON.parse(verified.text) as { through: { seq: number; hash: string } };
  // The last one is the record of this very call.
  expect(rest).toEqual({ ok: true, entries: 7, isComplete: true });
  const again = await get(`${front.apiUrl}/audit/verification?anchor=${through.seq}:${through.hash}`, auditor);
  expect(JSON.parse(again.text)).toMatchObject({ ok: true });
  const forged = await get(`${front.apiUrl}/audit/verification?anchor=${through.seq}:${'0'.repeat(64)}`, auditor);
  expect(JSON.parse(forged.text)).toMatchObject({ ok: false, firstBreak: { seq: through.seq, kind: 'anchor' } });
});
