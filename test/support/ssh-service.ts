import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { hostKeyFingerprint } from '../../activities/routeros/ssh-host-key.ts';
import { sshKeyPair } from './ssh-keys.ts';

/** An SSH service that fails in ways of its own, for what happens between connecting and a command's end. */
export interface SshService {
  port: number;
  /** Fingerprint of its host key. */
  hostKey: string;
  /** Command lines that came, oldest first. */
  lines: string[];
  /** Connections that were accepted, and login attempts by method. */
  connections: number;
  logins: string[];
  /** Connections that are open now. */
  open(): number;
  /** Cuts every connection, as a router does that restarts. */
  cutAll(): void;
  stop(): Promise<void>;
}

export interface SshServiceOptions {
  port?: number;
  hostKey?: { private: string; public: string };
  password?: string;
  /** The only key that may log in, in OpenSSH's public form. */
  publicKey?: string;
  /** What a command does. Default: prints itself and ends with 0. */
  onExec?: (line: string, channel: ServerChannel, connection: Connection) => void;
  /** Refuses channels. */
  refusesChannels?: boolean;
}

export async function startSshService(options: SshServiceOptions = {}): Promise<SshService> {
  const { hostKey = sshKeyPair(), password = 'secret', publicKey, onExec = echo, refusesChannels = false } = options;
  const connections = new Set<Connection>();
  const service: SshService = {
    port: 0,
    hostKey: hostKeyFingerprint(publicBlob(hostKey.public)),
    lines: [],
    connections: 0,
    logins: [],
    open: () => connections.size,
    cutAll: () => connections.forEach((connection) => connection.end()),
    async stop() {
      service.cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    service.connections += 1;
    connections.add(connection);
    (connection as Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
    connection.on('close', () => connections.delete(connection));
    // A client that distrusts the host key leaves in the middle of the handshake.
    connection.on('error', () => connections.delete(connection));
    connection.on('authentication', (attempt) => {
      service.logins.push(attempt.method);
      const isRight =
        attempt.method === 'password'
          ? attempt.password === password
          : attempt.method === 'publickey' && publicKey !== undefined && attempt.key.data.equals(publicBlob(publicKey));
      if (isRight) attempt.accept();
      else attempt.reject(['password', 'publickey']);
    });
    connection.on('ready', () => {
      connection.on('session', (accept, reject) => {
        if (refusesChannels) return reject();
        accept().on('exec', (acceptExec, _reject, { command }) => {
          service.lines.push(command);
          onExec(command, acceptExec(), connection);
        });
      });
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  service.port = (server.address() as AddressInfo).port;
  return service;
}

/** Prints `text` and ends, as a command does. */
export function answer(channel: ServerChannel, text: string | Buffer, exitCode = 0): void {
  channel.write(text);
  channel.exit(exitCode);
  channel.end();
}

function echo(line: string, channel: ServerChannel): void {
  answer(channel, `${line}\r\n`);
}

function publicBlob(openSshForm: string): Buffer {
  return Buffer.from(openSshForm.split(' ')[1] ?? '', 'base64');
}
