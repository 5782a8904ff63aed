import { isIPv6 } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import type { TlsTrust } from '../../shared/domain/device.ts';
import { ConnectFailure, toConnectFailure } from './connect-failure.ts';
import { trustContext } from './trust-contexts.ts';

/**
 * Makes connections that are trusted before a single byte of a request, and with it the password, is sent. Sessions are
 * never resumed: a resumed session shows no certificate, so a pin could not be checked on it.
 */
export function createConnector(tls: TlsTrust, connectTimeoutMs: number): buildConnector.connector {
  const build = (): buildConnector.connector =>
    buildConnector({ timeout: connectTimeoutMs, allowH2: false, maxCachedSessions: 0, ...trustOptions(tls) });
  let connect: buildConnector.connector | undefined;
  return (options, callback) => {
    // With the first connection: an authority that cannot be read fails it, and not whoever only makes the connector.
    connect ??= build();
    connect(options, (...[error, socket]) => {
      if (error) return callback(toConnectFailure(error), null);
      const distrusted = distrustOf(socket, tls);
      if (!distrusted) return callback(null, socket);
      socket.destroy();
      callback(distrusted, null);
    });
  };
}

/** `https://router.example:443`, with brackets around IPv6. */
export function originOf({ host, restPort, tls }: { host: string; restPort: number; tls: { mode: string } }): string {
  return `${tls.mode === 'plaintext' ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${restPort}`;
}

function trustOptions(tls: TlsTrust): { rejectUnauthorized?: boolean; secureContext?: SecureContext } {
  if (tls.mode === 'plaintext') return {};
  // Routers sign their own certificates: the fingerprint replaces the chain, and `distrustOf` checks it.
  return { rejectUnauthorized: tls.mode === 'ca', secureContext: trustContext(tls) };
}

function distrustOf(socket: unknown, tls: TlsTrust): ConnectFailure | null {
  if (tls.mode === 'plaintext') return null;
  if (!(socket instanceof TLSSocket)) return new ConnectFailure('certificate');
  if (tls.mode === 'ca') return socket.authorized ? null : new ConnectFailure('certificate');
  const shown = socket.getPeerX509Certificate()?.fingerprint256;
  return shown === tls.fingerprint256 ? null : new ConnectFailure('certificate', { shown });
}
