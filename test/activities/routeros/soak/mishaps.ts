import type { ErrorCode } from '../../../../shared/errors/codes.ts';

/** Something that goes wrong once in an hour of the day. */
export interface Mishap {
  name: string;
  /** What is put on the router; each has a count and must have been met when the hour's work is done. */
  faults?: readonly object[];
  /** What happens to the router itself; it is taken back when the client has noticed. */
  event?: 'power off' | 'port closed' | 'new certificate';
  /** With what the struck call ends; null when the client gets over it by itself; absent when both can be. */
  ends?: ErrorCode | null;
}

const ROWS = '/ip/firewall/address-list';
/** Longer than any patience: the rest of such a reply never comes. */
const NEVER_MS = 600_000;

/** Two hours' worth of each kind make a day of 24. */
export const MISHAPS: readonly Mishap[] = [
  {
    name: 'a read is never answered',
    faults: [{ kind: 'hang', match: { method: 'GET', path: '/system/resource' }, count: 1 }],
    ends: null,
  },
  {
    name: 'the reply to an add is lost',
    faults: [{ kind: 'drop_reply', match: { method: 'PUT', path: ROWS }, count: 1 }],
    ends: null,
  },
  {
    name: 'the connection is closed on a change',
    faults: [{ kind: 'close', match: { method: 'PATCH', path: ROWS }, count: 1 }],
    ends: 'DEVICE_UNREACHABLE',
  },
  {
    name: 'the body of a list never ends',
    faults: [{ kind: 'slow_body', match: { method: 'GET', path: ROWS }, count: 1, latencyMs: NEVER_MS }],
    ends: null,
  },
  {
    name: 'a removal fails on the router',
    faults: [{ kind: 'error', status: 500, match: { method: 'DELETE', path: ROWS }, count: 1 }],
    ends: 'DEVICE_ERROR',
  },
  {
    name: 'a login is refused',
    faults: [{ kind: 'auth', match: { method: 'GET' }, count: 1 }],
    ends: null,
  },
  {
    name: 'the router restarts',
    // Whether repeats outlast the restart is a matter of time.
    faults: [{ kind: 'reboot', match: { method: 'GET' }, count: 1, latencyMs: 50 }],
  },
  { name: 'the port is closed', event: 'port closed', ends: 'DEVICE_UNREACHABLE' },
  {
    name: 'an add is answered with another body',
    faults: [{ kind: 'wrong_body', match: { method: 'PUT', path: ROWS }, count: 1 }],
    ends: null,
  },
  {
    name: 'the kept SSH connection is cut, and a new one falls silent',
    faults: [
      { kind: 'close', match: { method: 'SSH' }, count: 1 },
      { kind: 'hang', match: { method: 'SSH' }, count: 1 },
    ],
    ends: 'DEVICE_TIMEOUT',
  },
  { name: 'the power goes', event: 'power off', ends: 'DEVICE_UNREACHABLE' },
  { name: 'the router shows another certificate', event: 'new certificate', ends: 'DEVICE_TLS_MISMATCH' },
];
