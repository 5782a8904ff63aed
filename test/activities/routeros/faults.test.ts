import { describe, expect, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { CALLS, NAMES, prepare, type Call, type CallName } from './every-call.ts';
import { BLIND, endingOf, EXCEPTIONS, LASTING, limitsFor, LIMITS, ONCE, type Ending } from './fault-table.ts';
import { startDevice, type SimulatedDevice } from './simulated-device.ts';

describe.concurrent.each(ONCE)('when once %s', (name, fault, endings) => {
  test.each(NAMES)('%s ends truthfully', async (call) => {
    await withDevice(async (device) => {
      await device.faults([{ ...fault, count: 1, match: CALLS[call].request }]);
      const expected = { ...endings, ...EXCEPTIONS[name]?.[call] };
      await judge(device, call, { ending: endingOf(call, expected), isApplied: expected.isApplied, fault });
    });
  });
});

describe.concurrent.each(LASTING)('when all the time %s', (_, fault, endings) => {
  test.each(NAMES)('%s ends truthfully', async (call) => {
    await withDevice(async (device) => {
      await device.faults([fault]);
      // A single write is sent without looking first; then the body is what is wrong, not the write.
      const isSent = fault.kind === 'wrong_body' && endingOf(call, endings) === 'OUTCOME_UNKNOWN';
      const ending = call === 'run' && isSent ? 'DEVICE_REPLY_INVALID' : endingOf(call, endings);
      await judge(device, call, { ending, isApplied: isSent, fault });
    });
  });
});

describe.concurrent.each(BLIND)('when %s and nothing can be read afterwards', (_, fault, isApplied) => {
  test.each(['add', 'change', 'remove', 'move'] as const)('%s says that it does not know', async (call) => {
    // A removal is answered with a status and nothing else.
    if (call === 'remove' && fault.kind === 'wrong_body') return;
    await withDevice(async (device) => {
      const struck = [
        { ...fault, match: CALLS[call].request },
        { kind: 'close', match: { method: 'GET' } },
      ];
      const mayWrite = (): Promise<void> => device.faults(struck);
      await judge(device, call, { ending: 'OUTCOME_UNKNOWN', isApplied, fault, mayWrite });
    });
  });
});

/** Runs the call, and holds what it claims against the router. */
async function judge(
  device: SimulatedDevice,
  name: CallName,
  expected: {
    ending: Ending;
    isApplied: boolean;
    fault: Parameters<typeof limitsFor>[0];
    mayWrite?: () => Promise<void>;
  },
): Promise<void> {
  const { ending, isApplied, fault, mayWrite } = expected;
  const { run, isDone, request }: Call = CALLS[name];
  const paths = ['/ip/dns', '/ip/route', '/ip/firewall/mangle', '/interface', '/log'];
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: { ...device.target.limits, ...limitsFor(fault) },
    paths,
    effect: 'write',
    ...(mayWrite ? { mayWrite } : {}),
  });
  const before = (await device.journal()).entries.length;
  const ended: unknown = await run(router).catch((error: unknown) => error);
  await opened.close();
  const { code = 'ok', details } = ended instanceof AppError ? ended : {};
  await device.faults([]);
  expect({ code, ...(ended instanceof Error && !(ended instanceof AppError) ? { ended } : {}) }).toEqual({
    code: ending,
  });
  const sent = device.observed.filter(
    ({ method, path }) => method === request.method && path.startsWith(`/rest${request.path}`),
  );
  if (!isDone) return;
  expect(sent.length, 'a write is sent at most once').toBeLessThanOrEqual(1);
  await settled(device);
  const done = await isDone(device);
  expect(done).toBe(isApplied);
  const written = (await device.journal()).entries.slice(before);
  // Lines of the log leave no trace in the journal.
  if (name !== 'run') expect(written, 'the journal has the write once').toHaveLength(isApplied ? 1 : 0);
  if (code === 'ok') expect(done, 'nothing is reported applied that is not').toBe(true);
  if (details?.['outcome'] === 'not_applied') expect(done, 'nothing is reported as not applied that is').toBe(false);
  if (ROW_CALLS.has(name) && code !== 'ok' && code !== 'OUTCOME_UNKNOWN' && sent.length > 0) {
    expect(details, 'a write that was sent says what became of it').toMatchObject({ outcome: 'not_applied' });
  }
}

const ROW_CALLS: ReadonlySet<CallName> = new Set(['add', 'change', 'remove', 'move']);

async function withDevice(use: (device: SimulatedDevice) => Promise<void>): Promise<void> {
  const device = await startDevice({ http: true });
  try {
    await prepare(device);
    device.observed.length = 0;
    await use(device);
  } finally {
    await device.stop();
  }
}

/** The router works on one request of a user at a time, so whatever it was still doing is done when it answers. */
async function settled(device: SimulatedDevice): Promise<void> {
  const limits = { ...LIMITS, readBackoffMs: Array.from({ length: 40 }, () => 50) };
  const { router, ...opened } = openRouter({ ...device.target, limits, paths: ['/system/resource'], effect: 'read' });
  await router.get('/system/resource');
  await opened.close();
}
