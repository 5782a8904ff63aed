import { describe, expect, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import type { Fault } from '../../../simulator/router/fault.ts';
import { startDevice, type SimulatedDevice } from './simulated-device.ts';

/** Short, and patient enough for a router that restarts in 100 ms. */
const LIMITS = {
  headersTimeoutMs: 300,
  bodyTimeoutMs: 300,
  quietAfterTimeoutMs: 50,
  readBackoffMs: [20, 80, 200],
};
const RESTART_MS = 100;
const LATE_MS = 500;

const ROUTE = { 'dst-address': '10.77.0.0/16' };
const NEW_ROUTE = { 'dst-address': '10.78.0.0/16', gateway: '10.20.0.1' };
const RULES = ['first', 'second', 'third'];
const [FIRST, , THIRD] = RULES.map((comment) => ({ comment }));

interface Call {
  /** What the fault strikes. */
  request: { method: string; path: string };
  run: (router: Router) => Promise<unknown>;
  /** Asked at the router, whether the call has taken effect there. Reads have none. */
  isDone?: (device: SimulatedDevice) => Promise<boolean>;
}

/** Every call of the port. */
const CALLS = {
  get: { request: { method: 'GET', path: '/ip/dns' }, run: (router) => router.get('/ip/dns') },
  list: { request: { method: 'GET', path: '/ip/route' }, run: (router) => router.list('/ip/route') },
  look: {
    request: { method: 'POST', path: '/interface/monitor-traffic' },
    run: (router) => router.run('/interface', 'monitor-traffic', { interface: 'ether1', once: '' }),
  },
  set: {
    request: { method: 'POST', path: '/ip/dns/set' },
    run: (router) => router.set('/ip/dns', { servers: '9.9.9.9' }),
    isDone: async (device) => ((await device.menu('/ip/dns')) as { servers: string }).servers === '9.9.9.9',
  },
  run: {
    request: { method: 'POST', path: '/log/info' },
    run: (router) => router.run('/log', 'info', { message: 'hello' }),
    isDone: async (device) => (await rowsOf(device, '/log')).some(({ message }) => message === 'hello'),
  },
  add: {
    request: { method: 'PUT', path: '/ip/route' },
    run: (router) => router.add('/ip/route', NEW_ROUTE, { key: NEW_ROUTE }),
    isDone: async (device) => has(await rowsOf(device, '/ip/route'), 'dst-address', NEW_ROUTE['dst-address']),
  },
  change: {
    request: { method: 'PATCH', path: '/ip/route' },
    run: (router) => router.change('/ip/route', ROUTE, { distance: '7' }, ['comment']),
    isDone: async (device) => {
      const row = (await rowsOf(device, '/ip/route')).find((one) => one['dst-address'] === ROUTE['dst-address']);
      return row?.['distance'] === '7' && row['comment'] === undefined;
    },
  },
  remove: {
    request: { method: 'DELETE', path: '/ip/route' },
    run: (router) => router.remove('/ip/route', ROUTE),
    isDone: async (device) => !has(await rowsOf(device, '/ip/route'), 'dst-address', ROUTE['dst-address']),
  },
  move: {
    request: { method: 'POST', path: '/ip/firewall/mangle/move' },
    run: (router) => router.move('/ip/firewall/mangle', THIRD!, FIRST!),
    isDone: async (device) => {
      const own = (await rowsOf(device, '/ip/firewall/mangle')).filter(({ dynamic }) => dynamic !== 'true');
      return own[0]?.['comment'] === 'third';
    },
  },
} as const satisfies Record<string, Call>;

type CallName = keyof typeof CALLS;
const NAMES = Object.keys(CALLS) as CallName[];

/** What a call may claim: it went well, it failed with a code, or `code!` nothing is known. */
type Ending = 'ok' | Exclude<AppError['code'], 'OUTCOME_UNKNOWN'> | 'OUTCOME_UNKNOWN';

/** By kind of call: reads, commands that only look, single writes, and writes of rows, which settle themselves. */
interface Endings {
  read: Ending;
  look: Ending;
  single: Ending;
  row: Ending;
  isApplied: boolean;
}

const endingOf = (name: CallName, endings: Endings): Ending => {
  if (name === 'get' || name === 'list') return endings.read;
  if (name === 'look') return endings.look;
  return name === 'set' || name === 'run' ? endings.single : endings.row;
};

/** One fault of each kind, once, on the very request of the call. */
const ONCE: [string, Omit<Fault, 'match' | 'count'>, Endings][] = [
  [
    'the connection is reset',
    { kind: 'refuse' },
    { read: 'ok', look: 'ok', single: 'OUTCOME_UNKNOWN', row: 'DEVICE_UNREACHABLE', isApplied: false },
  ],
  [
    'the router never answers',
    { kind: 'hang' },
    { read: 'ok', look: 'DEVICE_TIMEOUT', single: 'OUTCOME_UNKNOWN', row: 'DEVICE_TIMEOUT', isApplied: false },
  ],
  [
    'the router is slow',
    { kind: 'latency', latencyMs: 20 },
    { read: 'ok', look: 'ok', single: 'ok', row: 'ok', isApplied: true },
  ],
  [
    'the router is too slow',
    { kind: 'latency', latencyMs: LATE_MS },
    { read: 'ok', look: 'DEVICE_TIMEOUT', single: 'OUTCOME_UNKNOWN', row: 'ok', isApplied: true },
  ],
  [
    'the reply is lost',
    { kind: 'drop_reply' },
    { read: 'ok', look: 'ok', single: 'OUTCOME_UNKNOWN', row: 'ok', isApplied: true },
  ],
  [
    'the router fails on itself',
    { kind: 'error', status: 500, detail: 'internal error' },
    { read: 'ok', look: 'ok', single: 'OUTCOME_UNKNOWN', row: 'DEVICE_ERROR', isApplied: false },
  ],
  [
    'the router refuses the value',
    { kind: 'error', status: 400, detail: 'unknown parameter x' },
    {
      read: 'DEVICE_VALUE_REFUSED',
      look: 'DEVICE_VALUE_REFUSED',
      single: 'DEVICE_VALUE_REFUSED',
      row: 'DEVICE_VALUE_REFUSED',
      isApplied: false,
    },
  ],
  [
    'the router ends the session',
    { kind: 'error', status: 400, detail: 'Session closed' },
    {
      read: 'DEVICE_SESSION_LIMIT',
      look: 'DEVICE_SESSION_LIMIT',
      single: 'OUTCOME_UNKNOWN',
      row: 'DEVICE_SESSION_LIMIT',
      isApplied: false,
    },
  ],
  [
    'the connection is closed',
    { kind: 'close' },
    { read: 'ok', look: 'ok', single: 'OUTCOME_UNKNOWN', row: 'DEVICE_UNREACHABLE', isApplied: false },
  ],
  [
    'the login is refused',
    { kind: 'auth' },
    {
      read: 'DEVICE_AUTH_FAILED',
      look: 'DEVICE_AUTH_FAILED',
      single: 'DEVICE_AUTH_FAILED',
      row: 'DEVICE_AUTH_FAILED',
      isApplied: false,
    },
  ],
  [
    'the body comes slowly',
    { kind: 'slow_body', latencyMs: 5_000 },
    { read: 'ok', look: 'DEVICE_TIMEOUT', single: 'OUTCOME_UNKNOWN', row: 'ok', isApplied: true },
  ],
  [
    'the router restarts',
    { kind: 'reboot', latencyMs: RESTART_MS },
    { read: 'ok', look: 'ok', single: 'OUTCOME_UNKNOWN', row: 'DEVICE_UNREACHABLE', isApplied: false },
  ],
  [
    'the body is that of another request',
    { kind: 'wrong_body' },
    { read: 'ok', look: 'ok', single: 'OUTCOME_UNKNOWN', row: 'ok', isApplied: true },
  ],
];

/** Where a row of the table does not hold for one call, and why. */
const EXCEPTIONS: Partial<Record<string, Partial<Record<CallName, Partial<Endings>>>>> = {
  // A command may answer with a record: its reply proves that it ran.
  'the body is that of another request': { run: { single: 'ok' } },
  // The reply to a removal has no body that could come slowly.
  'the body comes slowly': { remove: { row: 'ok' } },
};

describe.concurrent.each(ONCE)('when once %s', (name, fault, endings) => {
  test.each(NAMES)('%s ends truthfully', async (call) => {
    await withDevice(async (device) => {
      await device.faults([{ ...fault, count: 1, match: CALLS[call].request }]);
      const expected = { ...endings, ...EXCEPTIONS[name]?.[call] };
      await judge(device, call, endingOf(call, expected), expected.isApplied);
    });
  });
});

/** Whatever is asked fails, also the looking before a write. */
const LASTING: [string, Fault, Endings][] = [
  [
    'connections are refused',
    { kind: 'refuse' },
    {
      read: 'DEVICE_UNREACHABLE',
      look: 'DEVICE_UNREACHABLE',
      single: 'DEVICE_UNREACHABLE',
      row: 'DEVICE_UNREACHABLE',
      isApplied: false,
    },
  ],
  [
    'nothing is answered',
    { kind: 'hang' },
    {
      read: 'DEVICE_TIMEOUT',
      look: 'DEVICE_TIMEOUT',
      single: 'OUTCOME_UNKNOWN',
      row: 'DEVICE_TIMEOUT',
      isApplied: false,
    },
  ],
  [
    'everything fails',
    { kind: 'error', status: 500 },
    { read: 'DEVICE_ERROR', look: 'DEVICE_ERROR', single: 'OUTCOME_UNKNOWN', row: 'DEVICE_ERROR', isApplied: false },
  ],
  [
    'connections are closed',
    { kind: 'close' },
    {
      read: 'DEVICE_UNREACHABLE',
      look: 'DEVICE_UNREACHABLE',
      single: 'OUTCOME_UNKNOWN',
      row: 'DEVICE_UNREACHABLE',
      isApplied: false,
    },
  ],
  [
    'logins are refused',
    { kind: 'auth' },
    {
      read: 'DEVICE_AUTH_FAILED',
      look: 'DEVICE_AUTH_FAILED',
      single: 'DEVICE_AUTH_FAILED',
      row: 'DEVICE_AUTH_FAILED',
      isApplied: false,
    },
  ],
  [
    'bodies are those of other requests',
    { kind: 'wrong_body', detail: '"?"' },
    {
      read: 'DEVICE_REPLY_INVALID',
      look: 'DEVICE_REPLY_INVALID',
      single: 'OUTCOME_UNKNOWN',
      row: 'DEVICE_REPLY_INVALID',
      isApplied: false,
    },
  ],
];

describe.concurrent.each(LASTING)('when all the time %s', (_, fault, endings) => {
  test.each(NAMES)('%s ends truthfully', async (call) => {
    await withDevice(async (device) => {
      await device.faults([fault]);
      // A single write is sent without looking first; then the body is what is wrong, not the write.
      const isSent = fault.kind === 'wrong_body' && endingOf(call, endings) === 'OUTCOME_UNKNOWN';
      const ending = call === 'run' && isSent ? 'DEVICE_REPLY_INVALID' : endingOf(call, endings);
      await judge(device, call, ending, isSent);
    });
  });
});

/** The write is struck, and afterwards the router cannot be read: nobody can know what became of it. */
const BLIND: [string, Fault, boolean][] = [
  ['the reply is lost', { kind: 'drop_reply' }, true],
  ['the connection is closed', { kind: 'close' }, false],
  ['the router fails on itself', { kind: 'error', status: 500 }, false],
  ['the router refuses it', { kind: 'error', status: 400, detail: 'failure: no' }, false],
  ['the body is that of another request', { kind: 'wrong_body' }, true],
];

describe.concurrent.each(BLIND)('when %s and nothing can be read afterwards', (_, fault, isApplied) => {
  test.each(['add', 'change', 'remove', 'move'] as const)('%s says that it does not know', async (call) => {
    // A removal is answered with a status and nothing else.
    if (call === 'remove' && fault.kind === 'wrong_body') return;
    await withDevice(async (device) => {
      const struck = [
        { ...fault, match: CALLS[call].request },
        { kind: 'close', match: { method: 'GET' } },
      ];
      await judge(device, call, 'OUTCOME_UNKNOWN', isApplied, () => device.faults(struck));
    });
  });
});

/** Runs the call, and holds what it claims against the router. */
async function judge(
  device: SimulatedDevice,
  name: CallName,
  ending: Ending,
  isApplied: boolean,
  mayWrite?: () => Promise<void>,
): Promise<void> {
  const { run, isDone, request }: Call = CALLS[name];
  const paths = ['/ip/dns', '/ip/route', '/ip/firewall/mangle', '/interface', '/log'];
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: { ...device.target.limits, ...LIMITS },
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

async function prepare(device: SimulatedDevice): Promise<void> {
  const paths = ['/ip/route', '/ip/firewall/mangle'];
  const { router, ...opened } = openRouter({ ...device.target, paths, effect: 'write' });
  await router.add('/ip/route', { ...ROUTE, gateway: '10.20.0.1', comment: 'old' }, { key: ROUTE });
  for (const comment of RULES) {
    await router.add('/ip/firewall/mangle', { chain: 'prerouting', action: 'accept', comment }, { key: { comment } });
  }
  await opened.close();
}

/** The router works on one request of a user at a time, so whatever it was still doing is done when it answers. */
async function settled(device: SimulatedDevice): Promise<void> {
  const limits = { ...LIMITS, headersTimeoutMs: 5_000, readBackoffMs: Array.from({ length: 40 }, () => 50) };
  const { router, ...opened } = openRouter({ ...device.target, limits, paths: ['/system/resource'], effect: 'read' });
  await router.get('/system/resource');
  await opened.close();
}

async function rowsOf(device: SimulatedDevice, menu: string): Promise<Record<string, string>[]> {
  return (await device.menu(menu)) as Record<string, string>[];
}

function has(rows: readonly Record<string, string>[], field: string, value: string): boolean {
  return rows.some((row) => row[field] === value);
}
