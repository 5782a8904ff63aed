import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { parseKeyring } from '../../../shared/platform/encryption/keyring.ts';
import { resealAll } from '../../../shared/platform/encryption/reseal.ts';
import { openDatabase } from '../../../shared/platform/persistence/database.ts';
import { callApi } from '../support/api-calls.ts';
import type { CallTimes } from '../../../mcp-server/call/kept-calls.ts';
import { addDevice } from '../support/devices.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { createFleetDouble } from '../support/fleet-double.ts';
import { gate } from '../support/gated-fleet.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const KEYED = { deviceId: 'lab-01', dnsServers: ['9.9.9.9'], idempotencyKey: 'order-66' };
const ROUTE = '/devices/lab-01/operations/update_dns_servers';
const BODY = { dnsServers: ['9.9.9.9'] };
const HEADER = { 'idempotency-key': 'order-66' };
const LOST_AT_ONCE = { answerWithinMs: 1, beatMs: 10_000, lostAfterMs: 0 };

describe('a repeated call under the same key', () => {
  it('is not carried out again: it gets the earlier answer and says so, on every surface', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    const first = await callTool(front, token, 'update_dns_servers', KEYED);
    expect(first.structuredContent).not.toHaveProperty('replayed');
    const second = await callTool(front, token, 'update_dns_servers', KEYED);
    expect(second.structuredContent).toEqual({ ...first.structuredContent, replayed: true });
    const third = await callApi(front, token, 'POST', ROUTE, BODY, HEADER);
    expect(third).toMatchObject({ status: 200, body: first.structuredContent });
    expect(third.headers.get('idempotent-replayed')).toBe('true');
    expect(front.fleet.changes).toHaveLength(1);
    expect(JSON.stringify(front.fleet.changes)).not.toContain('order-66');
    expect((await front.database.audit.list({ limit: 10 })).map(({ outcome }) => outcome)).toEqual(['ok', 'requested']);
  });

  it('with other arguments or for another action is refused', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    await callTool(front, token, 'update_dns_servers', KEYED);
    const refused = { code: 'IDEMPOTENCY_KEY_REUSED', retryable: false };
    const other = await callTool(front, token, 'update_dns_servers', { ...KEYED, dnsServers: ['8.8.8.8'] });
    expect(other.structuredContent).toMatchObject(refused);
    const another = { deviceId: 'lab-01', identity: 'r1', idempotencyKey: KEYED.idempotencyKey };
    expect((await callTool(front, token, 'set_system_identity', another)).structuredContent).toMatchObject(refused);
    expect(await callApi(front, token, 'POST', ROUTE, { dnsServers: ['8.8.8.8'] }, HEADER)).toMatchObject({
      status: 422,
    });
    expect(front.fleet.changes).toHaveLength(1);
  });

  it('of somebody else is another call', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    for (const role of ['operator', 'admin']) {
      const answer = await callTool(front, await front.tokenOf(role), 'update_dns_servers', KEYED);
      expect(answer.structuredContent).not.toHaveProperty('replayed');
    }
    expect(front.fleet.changes).toHaveLength(2);
  });

  it('gets the earlier refusal when that was final, and a new attempt when it may help', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    for (const [code, attempts] of [
      ['DEVICE_BUSY', 1],
      ['DEVICE_VALUE_REFUSED', 2],
      ['DEVICE_BUSY', 2],
    ] as const) {
      front.fleet.answers.change = () => Promise.reject(new AppError(code));
      await callTool(front, token, 'update_dns_servers', KEYED);
      expect(front.fleet.changes, code).toHaveLength(attempts);
    }
    const replay = await callApi(front, token, 'POST', ROUTE, BODY, HEADER);
    expect(replay).toMatchObject({ status: 422, body: { code: 'DEVICE_VALUE_REFUSED', details: { replayed: true } } });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
  });

  it('is not remembered when it was refused before anything was done', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('operator');
    const early = await callTool(front, token, 'update_dns_servers', KEYED);
    expect(early.structuredContent).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
    await addDevice(front.database, 'lab-01');
    const later = await callTool(front, token, 'update_dns_servers', KEYED);
    expect(later.structuredContent).toMatchObject({ outcome: 'applied' });
  });
});

describe('the key', () => {
  it('is 1 to 64 visible characters, the same in header and arguments, and only for what changes something', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    for (const idempotencyKey of ['', 'with space', 'x'.repeat(65), 'é']) {
      const answer = await callTool(front, token, 'update_dns_servers', { ...KEYED, idempotencyKey });
      expect(answer.structuredContent, idempotencyKey).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
    const both = await callApi(front, token, 'POST', ROUTE, { ...BODY, idempotencyKey: 'another' }, HEADER);
    expect(both).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR' } });
    expect(await callApi(front, token, 'POST', ROUTE, BODY, { 'idempotency-key': 'x'.repeat(65) })).toMatchObject({
      status: 422,
    });
    const read = await callTool(front, token, 'get_dns_status', { deviceId: 'lab-01', idempotencyKey: 'k' });
    expect(read.structuredContent).toMatchObject({ code: 'UNKNOWN_FIELD' });
    expect(front.fleet.changes).toEqual([]);
  });

  it('leaves no argument in the database that could be guessed from', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const opened: string[] = [];
    const open = front.database.calls.open.bind(front.database.calls);
    front.database.calls.open = (call) => {
      opened.push(JSON.stringify(call));
      return open(call);
    };
    await callTool(front, await front.tokenOf('operator'), 'update_dns_servers', KEYED);
    expect(opened).toHaveLength(1);
    expect(opened[0]).not.toContain('9.9.9.9');
  });
});

describe('with two front ends on one database', () => {
  async function startTwo(callTimes?: CallTimes) {
    const { url } = await emptyDatabase();
    // A pool each, so that the two really meet in the database.
    const open = async () => {
      const database = await openDatabase({ url, poolMax: 5 });
      onTestFinished(() => database.close());
      return database;
    };
    const [first, second] = [await open(), await open()];
    const fleet = createFleetDouble(() => first);
    const keyring = parseKeyring(randomBytes(32).toString('base64'));
    const one = await startFrontEnd({ backEnd: { database: first, fleet, keyring } });
    const other = await startFrontEnd({
      backEnd: { database: second, fleet, keyring },
      ...(callTimes === undefined ? {} : { callTimes }),
    });
    await addDevice(first, 'lab-01');
    const tokens = [await one.tokenOf('operator'), await other.tokenOf('operator')] as const;
    const callAt = (index: number) =>
      callTool(index % 2 === 0 ? one : other, tokens[index % 2 === 0 ? 0 : 1], 'update_dns_servers', KEYED);
    return { fleet, callAt };
  }

  it('many at the same time are carried out once, and all but one get its handle', async () => {
    const { fleet, callAt } = await startTwo();
    const { open, reached } = gate(fleet);
    const calls = Array.from({ length: 10 }, (_, index) => callAt(index));
    await reached;
    expect((await callAt(1)).structuredContent).toMatchObject({ callStatus: 'working' });
    open();
    const answers = (await Promise.all(calls)).map(({ structuredContent = {} }) => structuredContent);
    expect(answers.filter((answer) => answer['replayed'] === undefined && 'outcome' in answer)).toHaveLength(1);
    for (const answer of answers) expect('outcome' in answer || answer['callStatus'] === 'working').toBe(true);
    expect((await callAt(1)).structuredContent).toMatchObject({ outcome: 'applied', replayed: true });
    expect(fleet.changes).toHaveLength(1);
  });

  it('is known again when the master key of that hour is gone, and so is the next page of a list', async () => {
    const [before, after] = ['old', 'new'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);
    const { url } = await emptyDatabase();
    const database = await openDatabase({ url, poolMax: 5 });
    onTestFinished(() => database.close());
    const fleet = createFleetDouble(() => database);
    const one = await startFrontEnd({ backEnd: { database, fleet, keyring: parseKeyring(before ?? '') } });
    for (const name of ['lab-01', 'lab-02']) await addDevice(database, name);
    const list = { limit: 1 };
    const page = await callTool(one, await one.tokenOf('operator'), 'list_devices', list);
    await callTool(one, await one.tokenOf('operator'), 'update_dns_servers', KEYED);

    // Routers' logins of this test are no sealed ones, and are only reported.
    await resealAll({ secrets: database.secrets, keyring: parseKeyring(`${after},${before}`) });
    const other = await startFrontEnd({ backEnd: { database, fleet, keyring: parseKeyring(after ?? '') } });
    const token = await other.tokenOf('operator');
    const again = await callTool(other, token, 'update_dns_servers', KEYED);
    expect(again.structuredContent).toMatchObject({ outcome: 'applied', replayed: true });
    expect(fleet.changes).toHaveLength(1);
    const cursor = page.structuredContent?.['nextCursor'];
    const next = await callTool(other, token, 'list_devices', { ...list, cursor });
    expect(next.structuredContent).toMatchObject({ devices: [{ name: 'lab-02' }] });
  });

  it('a key whose holder died answers what is known, and never carries the write out again', async () => {
    const { fleet, callAt } = await startTwo(LOST_AT_ONCE);
    const { open, reached } = gate(fleet);
    const dying = callAt(0);
    await reached;
    for (let time = 0; time < 2; time++) {
      const { structuredContent } = await callAt(1);
      expect(structuredContent).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { replayed: true } });
    }
    expect(fleet.changes).toHaveLength(1);
    open();
    await dying;
  });
});
