import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { SshFailure, toSshFailure } from './ssh-failure.ts';

/** A host key's fingerprint as OpenSSH shows it: `SHA256:` and the unpadded base64 of the hash over its blob. */
export function hostKeyFingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/**
 * Fingerprint of the host key that an SSH service shows. Only the key exchange is made: no user name and no password are
 * sent to whoever answers. Fails with SshFailure.
 */
export function shownHostKey(options: {
  host: string;
  port: number;
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<string> {
  const { host, port, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const client = new ssh2.Client();
    const socket = connect({ host, port, noDelay: true });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(signal?.reason as Error));
    const timer = setTimeout(() => end(() => reject(new SshFailure('slow'))), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    // What comes after the first outcome changes nothing.
    client.on('error', (error) => end(() => reject(toSshFailure(error))));
    client.once('close', () => end(() => reject(new SshFailure('unreachable'))));
    client.connect({
      sock: socket,
      username: '',
      readyTimeout: 0,
      hostVerifier: (key: Buffer) => {
        end(() => resolve(hostKeyFingerprint(key)));
        return false;
      },
    });
  });
}
