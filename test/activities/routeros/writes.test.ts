import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { startDevice, type SimulatedDevice } from './simulated-device.ts';

function writerOf(device: SimulatedDevice, signal?: AbortSignal): Router {
  const { router, ...opened } = openRouter({
    ...device.target,
    paths: ['/ip/dns', '/system/identity'],
    effect: 'write',
    signal,
  });
  onTestFinished(() => opened.close());
  return router;
}

const SERVERS = { servers: '9.9.9.9' };
const held = async (device: SimulatedDevice): Promise<unknown> =>
  ((await device.menu('/ip/dns')) as { servers: string }).servers;

test('sets fields of a singleton with one request', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  await writerOf(device).set('/ip/dns', SERVERS);
  expect(await held(device)).toBe('9.9.9.9');
  expect((await device.journal()).counters).toMatchObject({ requests: 1, writes: 1 });
});

test('refuses to write from a read, and to menus that were not declared', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({ ...device.target, paths: ['/ip/dns'], effect: 'read' });
  onTestFinished(() => opened.close());
  await expect(router.set('/ip/dns', SERVERS)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  await expect(writerOf(device).set('/user', { name: 'x' })).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  expect((await device.journal()).counters.connections).toBe(0);
});

const MATCH = { match: { method: 'POST', path: '/ip/dns/set' } };

/** What was reported must be what happened: `applied` is asserted at the router, not at the client. */
const FATES = [
  { fault: { kind: 'refuse' }, code: 'DEVICE_UNREACHABLE', applied: false },
  { fault: { kind: 'hang', ...MATCH }, code: 'OUTCOME_UNKNOWN', applied: false },
  { fault: { kind: 'close', ...MATCH }, code: 'OUTCOME_UNKNOWN', applied: false },
  { fault: { kind: 'reboot', ...MATCH, latencyMs: 10 }, code: 'OUTCOME_UNKNOWN', applied: false },
  { fault: { kind: 'drop_reply', ...MATCH }, code: 'OUTCOME_UNKNOWN', applied: true },
  { fault: { kind: 'slow_body', ...MATCH, latencyMs: 5_000 }, code: 'OUTCOME_UNKNOWN', applied: true },
  { fault: { kind: 'wrong_body', ...MATCH }, code: 'OUTCOME_UNKNOWN', applied: true },
  { fault: { kind: 'error', ...MATCH, status: 500 }, code: 'OUTCOME_UNKNOWN', applied: false },
  {
    fault: { kind: 'error', ...MATCH, status: 400, detail: 'Session closed' },
    code: 'OUTCOME_UNKNOWN',
    applied: false,
  },
  {
    fault: { kind: 'error', ...MATCH, status: 500, detail: 'not enough permissions (9)' },
    code: 'DEVICE_PERMISSION_DENIED',
    applied: false,
  },
  {
    fault: { kind: 'error', ...MATCH, status: 500, detail: 'std failure: not allowed (9)' },
    code: 'DEVICE_PERMISSION_DENIED',
    applied: false,
  },
  {
    fault: { kind: 'error', ...MATCH, status: 400, detail: 'failure: not allowed by device-mode' },
    code: 'DEVICE_MODE_DENIED',
    applied: false,
  },
  { fault: { kind: 'auth', ...MATCH }, code: 'DEVICE_AUTH_FAILED', applied: false },
] as const;

for (const { fault, code, applied } of FATES) {
  const { kind, ...rest } = fault;
  test(`reports ${code} and never sends again when the router answers "${kind}" ${JSON.stringify(rest)}`, async () => {
    const device = await startDevice();
    onTestFinished(device.stop);
    await device.faults([fault]);
    await expect(writerOf(device).set('/ip/dns', SERVERS)).rejects.toMatchObject({ code });
    expect(device.observed).toHaveLength(1);
    await device.faults([]);
    expect(await held(device)).toBe(applied ? '9.9.9.9' : '8.8.8.8,8.8.4.4');
    expect((await device.journal()).counters.writes).toBe(applied ? 1 : 0);
  });
}

test('passes the words of a refusal on as data', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  await expect(writerOf(device).set('/ip/dns', { servers: 'not an address' })).rejects.toMatchObject({
    code: 'DEVICE_VALUE_REFUSED',
    details: {
      menu: '/ip/dns',
      httpStatus: 400,
      deviceText: 'invalid value for argument servers',
      untrusted: ['deviceText'],
    },
  });
});

test('does not send a write whose caller left before', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const controller = new AbortController();
  controller.abort(new Error('the caller left'));
  await expect(writerOf(device, controller.signal).set('/ip/dns', SERVERS)).rejects.toThrow('the caller left');
  expect((await device.journal()).counters.requests).toBe(0);
});

test('does not send a write whose caller left while it waited for the connection', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const controller = new AbortController();
  const router = writerOf(device, controller.signal);
  await device.faults([{ kind: 'latency', latencyMs: 100, match: { method: 'GET' } }]);
  const reading = router.get('/ip/dns').catch((error: unknown) => error);
  const writing = router.set('/ip/dns', SERVERS);
  controller.abort(new Error('the caller left'));
  await expect(writing).rejects.toThrow('the caller left');
  await reading;
  expect((await device.journal()).counters.writes).toBe(0);
  expect(await held(device)).toBe('8.8.8.8,8.8.4.4');
});

test('waits for a write that has left, so that its outcome is known even when the caller left', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const controller = new AbortController();
  await device.faults([{ kind: 'latency', latencyMs: 150 }]);
  const writing = writerOf(device, controller.signal).set('/ip/dns', SERVERS);
  await expect.poll(async () => (await device.journal()).counters.requests).toBe(1);
  controller.abort(new Error('the caller left'));
  await expect(writing).resolves.toBeUndefined();
  expect(await held(device)).toBe('9.9.9.9');
});
