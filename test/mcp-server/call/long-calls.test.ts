import { randomBytes } from 'node:crypto';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { parseKeyring } from '../../../shared/platform/encryption/keyring.ts';
import { openDatabase } from '../../../shared/platform/persistence/database.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { createFleetDouble } from '../support/fleet-double.ts';
import { gate } from '../support/gated-fleet.ts';
import { callTool, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type FrontEndSetup } from '../support/start-front-end.ts';

/** Everything becomes a handle as soon as it has to wait at all. */
const AT_ONCE = { answerWithinMs: 1, beatMs: 10_000, lostAfterMs: 60_000 };
const READ = { deviceId: 'lab-01' };
const WRITE = { deviceId: 'lab-01', dnsServers: ['9.9.9.9'] };

describe('a call that takes long', () => {
  it('is answered with a handle, and its result can be asked for, by its own caller alone', async () => {
    const front = await startFrontEnd({ callTimes: AT_ONCE });
    await addDevice(front.database, 'lab-01');
    const { open } = gate(front.fleet);
    const token = await front.tokenOf('viewer');
    const handle = (await callTool(front, token, 'get_dns_status', READ)).structuredContent;
    expect(handle).toEqual({
      callId: expect.any(String) as string,
      callStatus: 'working',
      pollAfterSeconds: expect.any(Number) as number,
    });
    const callId = handle?.['callId'];
    const working = await callTool(front, token, 'get_call', { callId });
    expect(working.structuredContent).toMatchObject({ callStatus: 'working', action: 'get_dns_status' });
    expect(working.structuredContent).not.toHaveProperty('result');

    open();
    await expect
      .poll(async () => (await callTool(front, token, 'get_call', { callId })).structuredContent)
      .toMatchObject({
        callStatus: 'completed',
        summary: 'DNS settings of lab-01, read live at 2027-01-02T03:04:05.000Z.',
        result: { deviceName: 'lab-01', servers: ['1.1.1.1'], source: 'live' },
      });
    const foreign = await callTool(front, await front.tokenOf('admin'), 'get_call', { callId });
    expect(foreign.structuredContent).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is not told to who could not make it any more', async () => {
    const front = await startFrontEnd({ callTimes: AT_ONCE });
    const { deviceId } = await addDevice(front.database, 'north-01', { tags: ['north'] });
    const { open } = gate(front.fleet);
    const person = { email: 'n@convoy.test', groups: ['branch-north'] };
    const token = await front.tokenOf('operator', person);
    const begun = [
      await callTool(front, token, 'update_dns_servers', { ...WRITE, deviceId }),
      await callTool(front, token, 'read_fleet', { operation: 'get_dns_status' }),
    ];
    open();
    const answers = (by: string) =>
      Promise.all(
        begun.map(async ({ structuredContent }) => {
          const callId = structuredContent?.['callId'];
          const { structuredContent: answer } = await callTool(front, by, 'get_call', { callId });
          return answer?.['callStatus'] ?? answer?.['code'];
        }),
      );
    await expect.poll(() => answers(token)).toEqual(['completed', 'completed']);
    const onlyReads = await front.tokenOf('operator', { ...person, scope: 'fleet:read' });
    expect(await answers(onlyReads)).toEqual(['NOT_FOUND', 'completed']);
    await front.database.devices.edit(deviceId, { tags: ['south'] });
    expect(await answers(token)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });

  it('conforms to what its tool lists', async () => {
    const front = await startFrontEnd({ callTimes: AT_ONCE });
    await addDevice(front.database, 'lab-01');
    onTestFinished(gate(front.fleet).open);
    const token = await front.tokenOf('operator');
    const listed = (await (await postModern(front, token, { method: 'tools/list' })).json()) as {
      result: { tools: { name: string; outputSchema: Record<string, unknown> }[] };
    };
    for (const [name, args] of [
      ['get_dns_status', READ],
      ['update_dns_servers', WRITE],
    ] as const) {
      const { structuredContent } = await callTool(front, token, name, args);
      expect(structuredContent).toHaveProperty('callId');
      const schema = listed.result.tools.find((tool) => tool.name === name)?.outputSchema ?? {};
      const validate = new AjvJsonSchemaValidator().getValidator(schema);
      expect(validate(structuredContent).errorMessage, name).toBeUndefined();
    }
  });

  it('is 202 over HTTP, with the address to ask at', async () => {
    const front = await startFrontEnd({ callTimes: AT_ONCE });
    await addDevice(front.database, 'lab-01');
    const { open } = gate(front.fleet);
    const token = await front.tokenOf('operator');
    const first = await callApi(front, token, 'POST', '/devices/lab-01/operations/update_dns_servers', {
      dnsServers: ['9.9.9.9'],
    });
    expect(first.status).toBe(202);
    expect(first.headers.get('retry-after')).toMatch(/^\d+$/);
    const location = first.headers.get('location') ?? '';
    expect(location).toBe(`${front.apiUrl}/calls/${String(first.body['callId'])}`);
    open();
    const path = location.slice(front.apiUrl.length);
    await expect
      .poll(async () => (await callApi(front, token, 'GET', path)).body)
      .toMatchObject({ callStatus: 'completed', result: { outcome: 'applied' } });
  });

  it('fails as it would have failed, and is recorded once', async () => {
    const front = await startFrontEnd({ callTimes: AT_ONCE });
    await addDevice(front.database, 'lab-01');
    const { promise, reject } = Promise.withResolvers<never>();
    // It may be refused before anything has asked for the change.
    promise.catch(() => undefined);
    front.fleet.answers.change = () => promise;
    const token = await front.tokenOf('operator');
    const { structuredContent } = await callTool(front, token, 'update_dns_servers', WRITE);
    reject(new AppError('DEVICE_BUSY'));
    const callId = structuredContent?.['callId'];
    await expect
      .poll(async () => (await callTool(front, token, 'get_call', { callId })).structuredContent)
      .toMatchObject({ callStatus: 'failed', error: { code: 'DEVICE_BUSY', retryable: true } });
    const events = await front.database.audit.list({ limit: 10 });
    expect(events.map(({ outcome }) => outcome)).toEqual(['refused', 'requested']);
    expect(front.log).toContainEqual(expect.objectContaining({ msg: 'call refused', code: 'DEVICE_BUSY' }));
  });

  it('is not kept when it is answered in time', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    front.database.calls.open = () => Promise.reject(new Error('not asked for here'));
    const answer = await callTool(front, await front.tokenOf('operator'), 'update_dns_servers', WRITE);
    expect(answer.structuredContent).toMatchObject({ outcome: 'applied' });
  });

  it('says what is known when it cannot be kept', async () => {
    const front = await startFrontEnd({ callTimes: AT_ONCE });
    await addDevice(front.database, 'lab-01');
    onTestFinished(gate(front.fleet).open);
    front.database.calls.open = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    const token = await front.tokenOf('operator');
    const read = await callTool(front, token, 'get_dns_status', READ);
    expect(read.structuredContent).toMatchObject({ code: 'TIMEOUT', retryable: true });
    const write = await callTool(front, token, 'update_dns_servers', WRITE);
    expect(write.structuredContent).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
  });
});

describe('with two front ends on one database', () => {
  async function startTwo(times: FrontEndSetup['callTimes']) {
    const { url } = await emptyDatabase();
    const database = await openDatabase({ url, poolMax: 8 });
    onTestFinished(() => database.close());
    const fleet = createFleetDouble(() => database);
    const keyring = parseKeyring(randomBytes(32).toString('base64'));
    const backEnd = { database, fleet, keyring };
    const one = await startFrontEnd({ backEnd, callTimes: AT_ONCE });
    const other = await startFrontEnd({ backEnd, ...(times === undefined ? {} : { callTimes: times }) });
    await addDevice(database, 'lab-01');
    return { one, other, database, fleet };
  }

  it('any of them tells what came of a call', async () => {
    const { one, other, fleet } = await startTwo(AT_ONCE);
    const { open } = gate(fleet);
    const { structuredContent } = await callTool(one, await one.tokenOf('viewer'), 'get_dns_status', READ);
    open();
    const token = await other.tokenOf('viewer');
    await expect
      .poll(async () => {
        const answer = await callTool(other, token, 'get_call', { callId: structuredContent?.['callId'] });
        return answer.structuredContent;
      })
      .toMatchObject({ callStatus: 'completed', result: { servers: ['1.1.1.1'] } });
  });

  /** Whoever carries it out has not been heard of for longer than nothing. */
  const IMPATIENT = { ...AT_ONCE, lostAfterMs: 0 };

  it('a call whose process is gone is told truthfully: reads may be repeated, a write may have happened', async () => {
    const { one, other, fleet } = await startTwo(IMPATIENT);
    const token = await other.tokenOf('operator');
    const cases = [
      ['get_dns_status', READ, { code: 'SERVICE_UNAVAILABLE', retryable: true }],
      [
        'update_dns_servers',
        WRITE,
        { code: 'OUTCOME_UNKNOWN', retryable: false, hint: expect.stringMatching(/Read the device/) as string },
      ],
    ] as const;
    for (const [name, args, error] of cases) {
      const { open } = gate(fleet);
      onTestFinished(open);
      const { structuredContent } = await callTool(one, await one.tokenOf('operator'), name, args);
      const { callId } = structuredContent as { callId: string };
      const lost = await callTool(other, token, 'get_call', { callId });
      expect(lost.structuredContent, name).toMatchObject({ callStatus: 'failed', error });
      // What the lost process says later changes nothing that was told.
      open();
      const later = await callTool(one, await one.tokenOf('operator'), 'get_call', { callId });
      expect(later.structuredContent).toMatchObject({ callStatus: 'failed', error });
    }
  });

  it('a proposal whose process is gone points to its plan, or says that there is none', async () => {
    const { other, database } = await startTwo(IMPATIENT);
    const call = {
      sub: 'operator@convoy.test',
      action: 'plan_dns_ntp',
      readOnly: false,
      argumentsDigest: 'd',
      idempotencyKey: null,
      followsPlan: false,
      deviceId: null,
      correlationId: 'c',
      keepSeconds: 60,
    };
    const token = await other.tokenOf('operator');
    const proposed = await callTool(other, token, 'plan_dns_ntp', {
      deviceIds: ['lab-01'],
      ntpServers: ['pool.ntp.org'],
    });
    // It may have become a call to ask for; its plan is named after it.
    const { callId, planId = `pln_${callId}` } = proposed.structuredContent as { callId?: string; planId?: string };
    await expect.poll(() => database.plans.get(planId)).not.toBeNull();
    await database.calls.open({ ...call, callId: 'made', planId: planId });
    await database.calls.open({ ...call, callId: 'not-made', planId: 'pln_01ARZ3NDEKTSV4RRFFQ69G5FAV' });
    const made = await callTool(other, token, 'get_call', { callId: 'made' });
    expect(made.structuredContent).toMatchObject({
      error: { code: 'OUTCOME_UNKNOWN', hint: `Call get_plan for ${planId}.`, details: { planId } },
    });
    const notMade = await callTool(other, token, 'get_call', { callId: 'not-made' });
    expect(notMade.structuredContent).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE', retryable: true } });
  });
});
