import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { ConnectFailure, toConnectFailure } from './connect-failure.ts';

/**
 * SHA-256 fingerprint of the certificate a router shows, in Node's form (upper-case hex with colons). Only the handshake
 * is made: nothing is sent to whoever answers. Fails with ConnectFailure.
 */
export function shownCertificate(options: {
  host: string;
  restPort: number;
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<string> {
  const { host, restPort: port, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(signal?.reason as Error));
    const timer = setTimeout(() => end(() => reject(new ConnectFailure('timeout'))), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('secureConnect', () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      end(() => resolve(fingerprint256));
    });
    socket.on('error', (error) => end(() => reject(toConnectFailure(error))));
    // A service that only allows other addresses accepts and closes without a word.
    socket.once('close', () => end(() => reject(new ConnectFailure('unreachable'))));
  });
}
