import { observeRequest } from './observe-request.ts';
import { abortable } from './pause.ts';
import type { RequestGate, RouterTarget } from './router-target.ts';
import { openSshConnection, type SshConnection, type SshLogin, type SshReply } from './ssh-connection.ts';
import { SshFailure } from './ssh-failure.ts';
import { SSH_LIMITS, type SshTarget } from './ssh-target.ts';

/** One router's SSH service over a connection that is made at the first command and used again. */
export interface SshLink {
  /**
   * Runs one command line, behind the lane's gate and after the command before it. `name` is what it is observed as. Fails
   * with SshFailure, or with the signal's reason; a command that is aborted runs to its end unwatched.
   */
  send(command: { name: string; line: string }, signal?: AbortSignal): Promise<SshReply>;
  /** Waits for the command on its way, then closes the connection. */
  close(): Promise<void>;
}

export function createSshLink(
  target: Pick<RouterTarget, 'deviceId' | 'host' | 'username' | 'password' | 'gate' | 'sshGate' | 'observe'> & {
    ssh: SshTarget;
    sshPrivateKey?: string | undefined;
  },
): SshLink {
  const { host, username, password, sshPrivateKey: privateKey, ssh } = target;
  const limits = { ...SSH_LIMITS, ...ssh.limits };
  const login: SshLogin = { host, port: ssh.port, hostKey: ssh.hostKey, username, password, privateKey };
  const gate: RequestGate = target.sshGate ?? target.gate ?? ((send) => send());
  let connection: SshConnection | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function exec(line: string): Promise<SshReply> {
    clearTimeout(idle);
    const kept = connection?.isOpen ? connection : null;
    const used = kept ?? (await openSshConnection(login, limits.connectTimeoutMs));
    connection = used;
    try {
      return await used.exec(line, { timeoutMs: limits.commandTimeoutMs, maxBytes: limits.maxReplyBytes });
    } catch (error) {
      // The router had closed the kept connection, as it does when it restarts; what is sent here only reads.
      if (kept && error instanceof SshFailure && LOST.has(error.kind)) {
        await kept.close();
        return exec(line);
      }
      throw error;
    } finally {
      if (connection === used) idle = setTimeout(() => void used.close(), limits.idleMs).unref();
    }
  }

  async function observed(name: string, line: string, signal?: AbortSignal): Promise<SshReply> {
    signal?.throwIfAborted();
    const startedAt = performance.now();
    let outcome = 'ok';
    try {
      return await exec(line);
    } catch (error) {
      outcome = error instanceof SshFailure ? `ssh_${error.kind}` : 'ssh_failed';
      throw error;
    } finally {
      observeRequest(target, { method: 'SSH', path: name, outcome, durationMs: performance.now() - startedAt });
    }
  }

  return {
    send({ name, line }, signal) {
      const reply = last.then(() => gate(() => observed(name, line, signal)));
      last = reply.catch(() => undefined);
      return abortable(reply, signal);
    },
    async close() {
      await last;
      clearTimeout(idle);
      await connection?.close();
    },
  };
}

const LOST: ReadonlySet<string> = new Set(['closed', 'no_channel']);
