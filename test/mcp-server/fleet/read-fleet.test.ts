import { describe, expect, it } from 'vitest';
import type { Device } from '../../../shared/domain/device.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const OBSERVED_AT = '2027-01-02T03:04:05.000Z';

describe('a question to many devices', () => {
  it('is answered by each for itself, in the order of names, with a reason for everyone who failed', async () => {
    const { front, devices } = await frontWith(['lab-03', 'lab-01', 'lab-02']);
    const [third, , second] = devices;
    const answer = front.fleet.answers;
    answer.read = async ({ deviceId }) => {
      if (deviceId === second?.deviceId) throw new AppError('DEVICE_UNREACHABLE');
      if (deviceId === third?.deviceId) throw new Error('connect ECONNREFUSED 10.0.0.1 SECRET');
      return { output: DNS, observedAt: OBSERVED_AT, door: 'nexus' };
    };
    const body = await readFleet(front, { operation: 'get_dns_status' });
    expect(body).toMatchObject({
      operation: 'get_dns_status',
      devices: [
        { name: 'lab-01', status: 'ok', output: { servers: ['1.1.1.1'] }, observedAt: OBSERVED_AT },
        { name: 'lab-02', status: 'failed', error: { code: 'DEVICE_UNREACHABLE', retryable: true } },
        { name: 'lab-03', status: 'failed', error: { code: 'INTERNAL_ERROR' } },
      ],
      summary: { asked: 3, answered: 1, failed: 2, byCode: { DEVICE_UNREACHABLE: 1, INTERNAL_ERROR: 1 } },
      total: 3,
    });
    expect(JSON.stringify(body)).not.toContain('SECRET');
    expect(body).not.toHaveProperty('nextCursor');
  });

  it('holds nobody up for a router that does not answer', async () => {
    const { front, devices } = await frontWith(['lab-01', 'lab-02']);
    front.fleet.answers.read = async ({ deviceId }) => {
      if (deviceId === devices[0]?.deviceId) return new Promise(() => {});
      return { output: DNS, observedAt: OBSERVED_AT, door: 'nexus' };
    };
    const body = await readFleet(front, { operation: 'get_dns_status', timeoutSeconds: 1 });
    expect(body['devices']).toMatchObject([
      { status: 'failed', error: { code: 'TIMEOUT', message: 'No answer within 1 s.' } },
      { status: 'ok' },
    ]);
  });

  it('goes to the devices of the selector or of the list inside the scope of the caller, without decommissioned ones', async () => {
    const { front } = await frontWith([]);
    await addDevice(front.database, 'north-lab', { tags: ['north'] });
    await addDevice(front.database, 'north-prod', { tags: ['north'], environment: 'prod' });
    await addDevice(front.database, 'north-old', { tags: ['north'], status: 'decommissioned' });
    await addDevice(front.database, 'south', {});
    const north = await front.tokenOf('norbert', { groups: ['branch-north'], email: null });
    const names = async (asked: Record<string, unknown>, token = north) => {
      const body = await readFleet(front, { operation: 'get_dns_status', ...asked }, token);
      return (body['devices'] as Device[] | undefined)?.map(({ name }) => name) ?? body['code'];
    };
    expect(await names({})).toEqual(['north-lab', 'north-prod']);
    expect(await names({ selector: { environment: 'prod' } })).toEqual(['north-prod']);
    expect(await names({ deviceIds: ['north-prod', 'north-lab'] })).toEqual(['north-lab', 'north-prod']);
    expect(await names({ deviceIds: ['south'] })).toBe('DEVICE_NOT_FOUND');
    expect(await names({ deviceIds: ['north-lab'], selector: {} })).toBe('VALIDATION_ERROR');
    expect(await names({ environment: 'prod' })).toBe('DEVICE_ENVIRONMENT_RESTRICTED');
    expect(await names({ selector: { status: 'decommissioned' } })).toBe('VALIDATION_ERROR');
    expect(await names({ deviceIds: ['north-lab', 'north-lab'] })).toEqual(['north-lab']);
  });

  it('is turned page by page, whether the devices are too many or what they answer', async () => {
    const { front } = await frontWith(['lab-01', 'lab-02', 'lab-03', 'lab-04', 'lab-05']);
    const pages = async (asked: Record<string, unknown>): Promise<string[][]> => {
      const all: string[][] = [];
      let cursor: unknown;
      do {
        const page = await readFleet(front, { ...asked, ...(cursor === undefined ? {} : { cursor }) });
        expect(JSON.stringify(page).length).toBeLessThanOrEqual(60_000);
        all.push((page['devices'] as Device[]).map(({ name }) => name));
        cursor = page['nextCursor'];
      } while (cursor !== undefined);
      return all;
    };
    expect(await pages({ operation: 'get_dns_status', limit: 2 })).toEqual([
      ['lab-01', 'lab-02'],
      ['lab-03', 'lab-04'],
      ['lab-05'],
    ]);
    const deviceIds = ['lab-05', 'lab-01', 'lab-03'];
    expect(await pages({ operation: 'get_dns_status', limit: 2, deviceIds })).toEqual([
      ['lab-01', 'lab-03'],
      ['lab-05'],
    ]);

    const servers = Array.from({ length: 500 }, (_, index) => `2001:db8:0:0:0:0:0:${1000 + index}`);
    front.fleet.answers.read = async () => ({ output: { ...DNS, servers }, observedAt: OBSERVED_AT, door: 'nexus' });
    const large = await pages({ operation: 'get_dns_status' });
    expect(large.length).toBeGreaterThan(1);
    expect(large.flat()).toEqual(['lab-01', 'lab-02', 'lab-03', 'lab-04', 'lab-05']);
  });

  it('has a few entries of each list, and says where there are more', async () => {
    const { front } = await frontWith(['lab-01']);
    front.fleet.answers.read = async () => ({
      output: {
        entries: [{ id: '*1', time: null, topics: ['system'], message: 'user \u202Eadmin logged in' }],
        total: 99,
        nextOffset: 10,
      },
      observedAt: OBSERVED_AT,
      door: 'nexus',
    });
    const body = await readFleet(front, { operation: 'get_recent_logs' });
    expect(front.fleet.reads[0]?.input).toMatchObject({ limit: 10 });
    expect(body).toMatchObject({
      devices: [{ isPartial: true, output: { total: 99 } }],
      untrusted: expect.arrayContaining(['entries[].message']) as string[],
    });
    expect(JSON.stringify(body)).not.toMatch(/nextOffset|\u202E/);
  });

  it('leaves a record of the call, and of every device what is recorded when it is asked alone', async () => {
    const { front, devices } = await frontWith(['lab-01', 'lab-02']);
    await readFleet(front, { operation: 'get_recent_logs' });
    for (const { deviceId } of devices) {
      const events = await front.database.audit.list({ deviceId, limit: 10 });
      expect(events.map(({ action, outcome }) => [action, outcome])).toEqual([
        ['get_recent_logs', 'ok'],
        ['get_recent_logs', 'requested'],
      ]);
    }
    const calls = await front.database.audit.list({ action: 'read_fleet', limit: 10 });
    expect(calls.map(({ outcome }) => outcome)).toEqual(['ok', 'requested']);
    expect(calls[1]?.arguments).toMatchObject({ operation: 'get_recent_logs' });
  });

  it('ends for the devices too when the caller goes away', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `lab-${index + 10}`);
    const { front } = await frontWith(names);
    const given: (AbortSignal | undefined)[] = [];
    front.fleet.answers.read = async (_, options) => {
      given.push(options?.signal);
      return new Promise(() => {});
    };
    const caller = new AbortController();
    const asked = fetch(`${front.apiUrl}/fleet/read`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await front.tokenOf('viewer')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ operation: 'get_dns_status', timeoutSeconds: 1 }),
      signal: caller.signal,
    });
    await expect.poll(() => given.length).toBeGreaterThan(0);
    caller.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => given.map((signal) => signal?.aborted)).not.toContain(false);
    // Recorded when the last of those that were asked is over: nobody else was.
    await expect
      .poll(async () => (await front.database.audit.list({ action: 'read_fleet', limit: 10 })).length, {
        timeout: 5000,
      })
      .toBe(2);
    expect(given.length).toBeLessThan(names.length);
  });

  it('can be asked over HTTP as well', async () => {
    const { front } = await frontWith(['lab-01']);
    const answer = await callApi(front, await front.tokenOf('viewer'), 'POST', '/fleet/read', {
      operation: 'get_dns_status',
    });
    expect([answer.status, answer.body['summary']]).toEqual([200, { asked: 1, answered: 1, failed: 0, byCode: {} }]);
  });
});

describe('a question nobody can be asked', () => {
  it('is refused with names that are near', async () => {
    const { front } = await frontWith(['lab-01']);
    const cases = [
      ['get_dns', /^operation: there is no read named "get_dns"/, /get_dns_status/],
      ['listing of logs', /^operation: there is no read named/, /get_recent_logs/],
      ['update_dns_servers', /^operation: update_dns_servers changes devices/, /get_dns_status/],
      ['xyzzy', /^operation: there is no read named/, /Some that exist/],
    ] as const;
    for (const [operation, message, hint] of cases) {
      expect(await readFleet(front, { operation })).toMatchObject({
        code: 'VALIDATION_ERROR',
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      });
    }
    expect(front.fleet.reads).toEqual([]);
  });

  it('names what is wrong with its arguments, and asks no device', async () => {
    const { front } = await frontWith(['lab-01']);
    const unknown = await readFleet(front, { operation: 'get_recent_logs', arguments: { topic: 'dns' } });
    expect(unknown).toMatchObject({ code: 'UNKNOWN_FIELD' });
    expect(unknown['message']).toMatch(/^arguments\.topic: this field does not exist; allowed are .*limit/);
    const wrong = await readFleet(front, { operation: 'get_recent_logs', arguments: { limit: 'many' } });
    expect(wrong).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(wrong['message']).toMatch(/^arguments\.limit: .*given was "many"/);
    const position = await readFleet(front, { operation: 'get_recent_logs', arguments: { offset: 5 } });
    expect(position).toMatchObject({ code: 'UNKNOWN_FIELD' });
    expect(front.fleet.reads).toEqual([]);
  });
});

const DNS = {
  servers: ['1.1.1.1'],
  dynamicServers: [],
  dohServer: null,
  verifyDohCertificate: false,
  allowRemoteRequests: false,
  cacheSizeBytes: 2_097_152,
  cacheUsedBytes: 1024,
  cacheMaxTtlSeconds: 604_800,
};

async function frontWith(names: string[]) {
  const front = await startFrontEnd();
  const devices: Device[] = [];
  for (const name of names) devices.push(await addDevice(front.database, name));
  return { front, devices };
}

async function readFleet(
  front: TestFrontEnd,
  asked: Record<string, unknown>,
  token?: string,
): Promise<Record<string, unknown>> {
  const answer = await callTool(front, token ?? (await front.tokenOf('viewer')), 'read_fleet', asked);
  return answer.structuredContent ?? {};
}
