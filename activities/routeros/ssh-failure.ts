/**
 * Why a command over SSH has no answer. Before it was sent: `unreachable` (refused, no route, name not found, closed),
 * `slow` to connect, `handshake` (no algorithms in common, or no SSH at all), `host_key` (not the pinned one), `login`
 * refused, `private_key` that cannot be read, `no_channel` (the router takes no command). Afterwards: `timeout`, `closed`
 * before the end, `too_large`.
 */
export type SshFailureKind =
  | 'unreachable'
  | 'slow'
  | 'handshake'
  | 'host_key'
  | 'login'
  | 'private_key'
  | 'no_channel'
  | 'timeout'
  | 'closed'
  | 'too_large';

/** A command over SSH that has no answer. */
export class SshFailure extends Error {
  readonly kind: SshFailureKind;
  /** The fingerprint of the host key that was shown instead of the pinned one. */
  readonly shown: string | undefined;

  constructor(kind: SshFailureKind, options: { cause?: unknown; shown?: string } = {}) {
    super(`no reply over SSH: ${kind}`, { cause: options.cause });
    this.name = 'SshFailure';
    this.kind = kind;
    this.shown = options.shown;
  }
}

/** Sorts an error of ssh2's client, which names its origin in `level`. */
export function toSshFailure(error: unknown): SshFailure {
  if (error instanceof SshFailure) return error;
  const level = error instanceof Error && 'level' in error ? String(error.level) : '';
  return new SshFailure(KIND_OF_LEVEL[level] ?? 'unreachable', { cause: error });
}

const KIND_OF_LEVEL: Readonly<Record<string, SshFailureKind>> = {
  'client-authentication': 'login',
  'client-timeout': 'slow',
  handshake: 'handshake',
  protocol: 'handshake',
};
