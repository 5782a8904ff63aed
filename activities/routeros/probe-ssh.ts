import { AppError } from '../../shared/errors/app-error.ts';
import { clipText } from '../../shared/routeros/device-text.ts';
import { shownHostKey } from './ssh-host-key.ts';
import { createSshLink } from './ssh-link.ts';
import { SSH_COMMANDS } from './ssh-commands.ts';
import { runOverSsh, sshFailureOf } from './ssh-run.ts';

export interface SshProbe {
  host: string;
  port: number;
  /** Null: the host key that is shown is trusted from here on. */
  hostKey: string | null;
  username: string;
  password: string;
  sshPrivateKey?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Logs in over SSH and makes sure that the same router answers as over REST: a forwarded port may lead to another one.
 * Returns the host key's fingerprint.
 */
export async function probeSsh(probe: SshProbe, rest: { identity: string; version: string }): Promise<string> {
  const { host, port, signal } = probe;
  const hostKey = probe.hostKey ?? (await lookAt({ host, port, timeoutMs: LIMITS.connectTimeoutMs, signal }));
  const link = createSshLink({ ...probe, ssh: { port, hostKey, limits: LIMITS } });
  try {
    const identity = await runOverSsh(link, SSH_COMMANDS.identity, {}, signal);
    const [resource] = await runOverSsh(link, SSH_COMMANDS.records, { menu: '/system/resource' }, signal);
    const version = resource?.['version'] ?? '';
    if (identity !== rest.identity || numberOf(version) !== numberOf(rest.version)) {
      const found = `${clipText(identity, 64)}, RouterOS ${clipText(version, 32)}`;
      throw new AppError('VALIDATION_ERROR', {
        message: `Another router answers at the SSH port than over REST: ${found}.`,
        hint: 'Check the port; where ports are forwarded, each must lead to the same router.',
      });
    }
    return hostKey;
  } finally {
    await link.close();
  }
}

async function lookAt(options: Parameters<typeof shownHostKey>[0]): Promise<string> {
  try {
    return await shownHostKey(options);
  } catch (error) {
    throw sshFailureOf(error, '/');
  }
}

/** `7.20.8` of `7.20.8 (stable)`. */
function numberOf(version: string): string {
  return version.split(' ')[0] ?? '';
}

/** Milliseconds. A person waits for a registration, and what is asked is short. */
const LIMITS = { connectTimeoutMs: 10_000, commandTimeoutMs: 10_000 };
