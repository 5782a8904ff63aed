import { connect } from 'node:tls';

const TIMEOUT_MS = 5000;

/**
 * SHA-256 fingerprint of the certificate that a router shows to this machine, to be compared by a person; null when it
 * cannot be reached from here, which says nothing about whether the platform can.
 */
export async function lookAtCertificate(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    // Nothing is sent: the certificate is only looked at, and the platform verifies the very same one afterwards.
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: TIMEOUT_MS });
    const end = (fingerprint: string | null): void => {
      socket.destroy();
      resolve(fingerprint);
    };
    socket.once('secureConnect', () => end(socket.getPeerX509Certificate()?.fingerprint256 ?? null));
    socket.once('timeout', () => end(null));
    socket.once('error', () => end(null));
  });
}
