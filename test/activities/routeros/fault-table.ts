import type { ErrorCode } from '../../../shared/errors/codes.ts';
import type { Fault } from '../../../simulator/router/fault.ts';
import type { CallName } from './every-call.ts';

/** Patient enough for a router that restarts in 100 ms, and for a busy machine. */
export const LIMITS = {
  headersTimeoutMs: 5_000,
  bodyTimeoutMs: 5_000,
  quietAfterTimeoutMs: 50,
  readBackoffMs: [20, 80, 200],
};
/** Where the fault is that nothing comes, waiting for it is kept short. */
const SHORT = { ...LIMITS, headersTimeoutMs: 300, bodyTimeoutMs: 300 };
const RESTART_MS = 100;
const LATE_MS = 500;

export function limitsFor({ kind, latencyMs = 0 }: Pick<Fault, 'kind' | 'latencyMs'>): typeof LIMITS {
  return kind === 'hang' || (kind !== 'reboot' && latencyMs >= LATE_MS) ? SHORT : LIMITS;
}

/** What a call may claim: that it went well, or a code. */
export type Ending = 'ok' | ErrorCode;

/** By kind of call: reads, commands that only look, single writes, and writes of rows, which settle themselves. */
export interface Endings {
  read: Ending;
  look: Ending;
  single: Ending;
  row: Ending;
  isApplied: boolean;
}

export const endingOf = (name: CallName, endings: Endings): Ending => {
  if (name === 'get' || name === 'list' || name === 'count') return endings.read;
  if (name === 'look') return endings.look;
  return name === 'set' || name === 'run' ? endings.single : endings.row;
};

/** One fault of each kind, once, on the very request of the call. */
export const ONCE: [string, Omit<Fault, 'match' | 'count'>, Endings][] = [
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
export const EXCEPTIONS: Partial<Record<string, Partial<Record<CallName, Partial<Endings>>>>> = {
  // A command may answer with a record: its reply proves that it ran.
  'the body is that of another request': { run: { single: 'ok' } },
  // The reply to a removal has no body that could come slowly.
  'the body comes slowly': { remove: { row: 'ok' } },
};

/** Whatever is asked fails, also the looking before a write. */
export const LASTING: [string, Fault, Endings][] = [
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

/** The write is struck, and afterwards the router cannot be read: nobody can know what became of it. */
export const BLIND: [string, Fault, boolean][] = [
  ['the reply is lost', { kind: 'drop_reply' }, true],
  ['the connection is closed', { kind: 'close' }, false],
  ['the router fails on itself', { kind: 'error', status: 500 }, false],
  ['the router refuses it', { kind: 'error', status: 400, detail: 'failure: no' }, false],
  ['the body is that of another request', { kind: 'wrong_body' }, true],
];
