import { readdir, readFile } from 'node:fs/promises';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoginRotationInput, LoginRotationResult } from '../../shared/contract/rotation-messages.ts';
import { open } from '../../shared/platform/encryption/envelope.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { expectAllToReplay, opened } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Where a worker dies, by the request it is cut off in. A slow body: the router has done it and the answer is on its way. */
const CRASHES = [
  { when: 'while the router is looked at', fault: { kind: 'hang', match: { method: 'GET', path: '/user/group' } } },
  { when: 'before the user is made', fault: { kind: 'hang', match: { method: 'PUT', path: '/user' } } },
  { when: 'after the user was made', fault: { kind: 'slow_body', match: { method: 'PUT', path: '/user' } } },
  { when: 'while the new login is proven', fault: { kind: 'hang', match: { path: '/system/identity' } } },
  { when: 'after the switch', fault: { kind: 'hang', match: { path: '/system/resource' } } },
  { when: 'before the former user is disabled', fault: { kind: 'hang', match: { method: 'PATCH', path: '/user' } } },
  {
    when: 'after the former user was disabled',
    fault: { kind: 'slow_body', match: { method: 'PATCH', path: '/user' } },
  },
] as const;

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: CRASHES.length });
}, 120_000);
afterAll(() => platform.stop());

type Name = string;

function deviceNamed(name: Name): TestPlatform['devices'][number] {
  return platform.devices.find((device) => device.name === name)!;
}

function routerNamed(name: Name): TestPlatform['simulator']['routers'][number] {
  return platform.simulator.routers[platform.devices.findIndex((device) => device.name === name)]!;
}

function wish(name: Name, oldUser: LoginRotationInput['oldUser'] = null): LoginRotationInput {
  const { deviceId } = deviceNamed(name);
  const rotationId = `rot_${ulid()}`;
  return {
    rotationId,
    deviceId,
    deviceName: name,
    oldUser,
    requestedBy: 'ada',
    correlationId: `by-ada/${rotationId}`,
    callId: rotationId,
  };
}

/** Who may log in to the router, as it keeps them; `admin` aside. */
function usersOf(name: Name): { name: string; disabled: boolean; group: string; address: string; comment: string }[] {
  const { router } = routerNamed(name);
  return router
    .items('/user')
    .map(({ values }) => ({
      name: values['name'] ?? '',
      disabled: values['disabled'] === 'true',
      group: router.items('/user/group').find(({ id }) => id === values['group'])?.values['name'] ?? '',
      address: values['address'] ?? '',
      comment: values['comment'] ?? '',
    }))
    .filter((user) => user.name !== 'admin');
}

async function storedLogin(name: Name): Promise<{ username: string; password: string }> {
  const { deviceId } = deviceNamed(name);
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const sealed = await platform.database.credentials.get(deviceId);
  return JSON.parse(open(keyring, sealed ?? '', deviceId)) as { username: string; password: string };
}

/** Past everything of ours: what the router itself says to the stored login. */
async function loginWorks(name: Name): Promise<boolean> {
  const { username, password } = await storedLogin(name);
  const { router } = routerNamed(name);
  return router
    .items('/user')
    .some(
      ({ values }) => values['name'] === username && values['password'] === password && values['disabled'] !== 'true',
    );
}

async function auditOf(rotationId: string): Promise<Record<string, unknown>[]> {
  const events = await platform.database.audit.list({ limit: 200, action: 'renew_device_credentials' });
  return events.filter(({ key }) => key === `call/${rotationId}/outcome`) as unknown as Record<string, unknown>[];
}

describe('the rotation of a login', () => {
  it('survives kill -9 of its worker at every request, and ends with one working login each', async () => {
    const names = platform.devices.map(({ name }) => name);
    const wishes = names.map((name) => wish(name));
    for (const [index, { when, fault }] of CRASHES.entries()) {
      if (when !== 'after the switch') await putFault(names[index]!, { ...fault, count: 1, latencyMs: 60_000 });
    }
    const results: Promise<LoginRotationResult>[] = wishes.map((one) => platform.fleet.rotateLogin(one));
    const switched = CRASHES.findIndex(({ when }) => when === 'after the switch');
    const patient = { timeoutMs: 90_000 };
    await waitUntil(
      'the switch',
      async () => (await platform.database.rotations.get(wishes[switched]!.rotationId))?.state === 'switched',
      patient,
    );
    await putFault(names[switched]!, { ...CRASHES[switched]!.fault, count: 1 });

    for (const name of names) {
      const isCutOff = (): boolean =>
        routerNamed(name)
          .faults.list()
          .every(({ count }) => count === 0);
      await waitUntil(`${name} to be where it is cut off`, isCutOff, patient);
      expect(await loginWorks(name), `${name} before the crash`).toBe(true);
    }
    await platform.workers[0]!.kill('SIGKILL');
    for (const [index, name] of names.entries()) {
      expect(await loginWorks(name), CRASHES[index]!.when).toBe(true);
      expect(usersOf(name).length, CRASHES[index]!.when).toBeLessThanOrEqual(2);
      await routerNamed(name).setFaults([]);
    }
    await platform.startWorker();

    for (const [index, result] of (await Promise.all(results)).entries()) {
      const { when } = CRASHES[index]!;
      const name = names[index]!;
      expect(result, when).toMatchObject({
        outcome: 'rotated',
        username: expect.stringMatching(/^convoy-[a-z2-9]{6}$/) as string,
        oldUser: { username: 'convoy', became: 'disabled' },
        error: null,
      });
      expect(await loginWorks(name), when).toBe(true);
      expect((await storedLogin(name)).username, when).toBe(result.username);
      expect(usersOf(name), when).toEqual([
        { name: 'convoy', disabled: true, group: 'full', address: '', comment: expect.any(String) as string },
        {
          name: result.username,
          disabled: false,
          group: 'full',
          address: '',
          comment: `Convoy ${wishes[index]!.rotationId}`,
        },
      ]);
      expect(await auditOf(wishes[index]!.rotationId), when).toMatchObject([{ outcome: 'ok', actor: 'ada' }]);
    }
  }, 240_000);

  it('removes a user that it made itself, keeps addresses, and needs the lock of every change', async () => {
    const [name = '', busy = ''] = platform.devices.map((device) => device.name);
    const { username } = await storedLogin(name);
    await edit(name, `/user/${username}`, { address: '127.0.0.0/8' });
    const [first, second] = await Promise.allSettled([
      platform.fleet.rotateLogin(wish(busy)),
      platform.fleet.rotateLogin(wish(busy)),
    ]);
    expect([first, second].map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect([first, second].find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'DEVICE_BUSY' },
    });

    const result = await platform.fleet.rotateLogin(wish(name));
    expect(result).toMatchObject({ outcome: 'rotated', oldUser: { username, became: 'removed' } });
    const [, made] = usersOf(name);
    expect(made).toMatchObject({ name: result.username, address: '127.0.0.0/8', group: 'full' });
    expect(usersOf(name)).toHaveLength(2);
  }, 120_000);

  it('takes back what fails, and changes nothing where it may not', async () => {
    const [, , name = '', other = ''] = platform.devices.map((device) => device.name);
    const before = usersOf(name);
    const login = await storedLogin(name);

    // The router takes the user and refuses its login.
    await putFault(name, { kind: 'auth', match: { path: '/system/identity' }, count: 3 });
    const reverted = wish(name);
    expect(await platform.fleet.rotateLogin(reverted)).toMatchObject({
      outcome: 'reverted',
      username: null,
      error: { code: 'DEVICE_AUTH_FAILED' },
    });
    await routerNamed(name).setFaults([]);
    expect(usersOf(name)).toEqual(before);
    expect(await storedLogin(name)).toEqual(login);
    expect(await platform.database.rotations.get(reverted.rotationId)).toMatchObject({
      state: 'taken_back',
      sealed: null,
    });
    expect(await auditOf(reverted.rotationId)).toMatchObject([{ outcome: 'failed', code: 'DEVICE_AUTH_FAILED' }]);

    // An entry of the scheduler runs as the present user, and would stop.
    routerNamed(other).router.insert('/system/scheduler', {
      name: 'nightly',
      'on-event': ':log info x',
      owner: (await storedLogin(other)).username,
      disabled: 'false',
    });
    expect(await platform.fleet.rotateLogin(wish(other))).toMatchObject({
      outcome: 'refused',
      error: { code: 'UNSAFE_OPERATION', message: expect.stringContaining('nightly') as string },
    });
    expect(await platform.fleet.rotateLogin(wish(other, 'keep'))).toMatchObject({
      outcome: 'rotated',
      oldUser: { became: 'kept' },
    });
    expect(await loginWorks(other)).toBe(true);
  }, 120_000);

  it('does not even clear what an earlier one left while writing is stopped', async () => {
    const { name, deviceId } = platform.devices[4]!;
    const left = {
      rotationId: `rot_${ulid()}`,
      deviceId,
      username: 'left-behind',
      previousUsername: (await storedLogin(name)).username,
      sealed: 'cv1.left',
    };
    await platform.database.rotations.begin(left);
    const stopId = `stp_${ulid()}`;
    const by = { by: 'ada', byName: 'Ada', reason: 'test' };
    const scope = { on: 'device' as const, deviceId };
    await platform.database.stops.place({ stopId, scope, reason: 'test', placedBy: 'ada', placedByName: 'Ada' });
    expect(await platform.fleet.rotateLogin(wish(name))).toMatchObject({
      outcome: 'refused',
      error: { code: 'EMERGENCY_STOP' },
    });
    expect(await platform.database.rotations.get(left.rotationId)).toMatchObject({ state: 'pending' });
    await platform.database.stops.lift(stopId, by);
    expect(await platform.fleet.rotateLogin(wish(name))).toMatchObject({ outcome: 'rotated' });
    expect(await platform.database.rotations.get(left.rotationId)).toMatchObject({ state: 'taken_back' });
  }, 120_000);

  it('shows no password in histories, logs, process lists or audit, and replays', async () => {
    const secrets = await Promise.all(platform.devices.map(async ({ name }) => (await storedLogin(name)).password));
    const histories = await historiesOf(platform.namespace);
    const places = {
      histories,
      logs: platform.workers.map(({ log }) => JSON.stringify(log)),
      processes: await processLists(),
      audit: [JSON.stringify(await platform.database.audit.list({ limit: 500 }))],
    };
    // The search itself works: the ids are there in the clear.
    expect(histories.some((text) => text.includes('rot_'))).toBe(true);
    for (const [place, texts] of Object.entries(places)) {
      expect(texts.filter((text) => secrets.some((secret) => text.includes(secret))).length, place).toBe(0);
    }
    expect(await platform.database.secrets.counts()).toMatchObject([{ place: 'credentials', count: CRASHES.length }]);
    expect(await expectAllToReplay(platform)).toContain('credentialRotationWorkflow');
  }, 120_000);
});

async function putFault(name: Name, fault: Record<string, unknown>): Promise<void> {
  await control(name, 'PUT', 'faults', [fault]);
}

async function edit(name: Name, path: string, set: Record<string, string>): Promise<void> {
  await control(name, 'POST', 'edit', { path, set });
}

async function control(name: Name, method: string, action: string, body: unknown): Promise<void> {
  const reply = await fetch(`${platform.simulator.controlUrl}/devices/${name}/${action}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(reply.ok, await reply.clone().text()).toBe(true);
}

/** Every payload of every run, opened and decoded. */
async function historiesOf(namespace: string): Promise<string[]> {
  const client = await temporalClient({ subject: 'svc-admin', namespace });
  try {
    const texts: string[] = [];
    for await (const run of client.workflow.list()) {
      const history = await opened(
        await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory(),
        namespace,
      );
      texts.push(decoded(history));
    }
    return texts;
  } finally {
    await client.connection.close();
  }
}

function decoded(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value === null || typeof value !== 'object') return String(value);
  return Object.values(value).map(decoded).join('\n');
}

async function processLists(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}
