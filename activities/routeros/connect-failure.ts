/**
 * No request left: `unreachable` (refused, no route, name not found, closed), `timeout`, `certificate` (not the one that is
 * trusted), `handshake` (no TLS could be agreed on).
 */
export type ConnectFailureKind = 'unreachable' | 'timeout' | 'certificate' | 'handshake';

/**
 * The connection could not be made, so nothing was sent, not even the credentials. It carries no undici code, because
 * undici silently repeats connections that fail with its own socket codes.
 */
export class ConnectFailure extends Error {
  readonly kind: ConnectFailureKind;
  /** The certificate that was shown instead of the pinned one. */
  readonly shown: string | undefined;

  constructor(kind: ConnectFailureKind, options: { cause?: unknown; shown?: string } = {}) {
    super(`connection failed: ${kind}`, { cause: options.cause });
    this.name = 'ConnectFailure';
    this.kind = kind;
    this.shown = options.shown;
  }
}

/** Sorts an error of `net`, `tls` or undici's connector. */
export function toConnectFailure(error: Error): ConnectFailure {
  if (error instanceof ConnectFailure) return error;
  return new ConnectFailure(kindOf(codeOf(error)), { cause: error });
}

function kindOf(code: string): ConnectFailureKind {
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (CERTIFICATE.test(code)) return 'certificate';
  if (HANDSHAKE.test(code)) return 'handshake';
  return 'unreachable';
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** OpenSSL's verification results as Node names them (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const CERTIFICATE =
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|ERR_TLS_CERT_ALTNAME)/;
const HANDSHAKE = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;
