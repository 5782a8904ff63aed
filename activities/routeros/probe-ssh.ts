import { AppError } from '../../shared/errors/app-error.ts';
import { clipText } from '../../shared/routeros/device-text.ts';
import { shownHostKey } from './ssh-host-key.ts';
import { createSshLink, type SshLink } from './ssh-link.ts';
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

/** What tells one router from another. */
export interface RouterMarks {
  identity: string;
  version: string;
  /** Null: the router has none, as virtual ones. */
  serialNumber: string | null;
}

/**
 * Logs in over SSH and makes sure that the same router answers as over REST: a forwarded port may lead to another one.
 * Returns the host key's fingerprint.
 */
export async function probeSsh(probe: SshProbe, rest: RouterMarks): Promise<string> {
  const { host, port, signal } = probe;
  const hostKey = probe.hostKey ?? (await lookAt({ host, port, timeoutMs: LIMITS.connectTimeoutMs, signal }));
  const link = createSshLink({ ...probe, ssh: { port, hostKey, limits: LIMITS } });
  try {
    const found = await marksOver(link, signal);
    if (!isSame(found, rest)) throw anotherRouter(found);
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

async function marksOver(link: SshLink, signal?: AbortSignal): Promise<RouterMarks> {
  const identity = await runOverSsh(link, SSH_COMMANDS.identity, {}, signal);
  const [resource] = await runOverSsh(link, SSH_COMMANDS.records, { menu: '/system/resource' }, signal);
  return { identity, version: resource?.['version'] ?? '', serialNumber: await serialNumberOver(link, signal) };
}

/** Virtual routers have no such menu. */
async function serialNumberOver(link: SshLink, signal?: AbortSignal): Promise<string | null> {
  try {
    const [board] = await runOverSsh(link, SSH_COMMANDS.records, { menu: '/system/routerboard' }, signal);
    return board?.['serial-number'] ?? null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_UNSUPPORTED') return null;
    throw error;
  }
}

function isSame(one: RouterMarks, other: RouterMarks): boolean {
  return (
    one.identity === other.identity &&
    one.serialNumber === other.serialNumber &&
    numberOf(one.version) === numberOf(other.version)
  );
}

function anotherRouter({ identity, version, serialNumber }: RouterMarks): AppError {
  const found = [identity, `RouterOS ${version}`, ...(serialNumber === null ? [] : [`serial number ${serialNumber}`])];
  return new AppError('VALIDATION_ERROR', {
    message: `Another router answers at the SSH port than over REST: ${clipText(found.join(', '), 160)}.`,
    hint: 'Check the port; where ports are forwarded, each must lead to the same router.',
  });
}

/** `7.20.8` of `7.20.8 (stable)`. */
function numberOf(version: string): string {
  return version.split(' ')[0] ?? '';
}

/** Milliseconds. A person waits for a registration, and what is asked is short. */
const LIMITS = { connectTimeoutMs: 10_000, commandTimeoutMs: 10_000 };
