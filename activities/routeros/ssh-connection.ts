import { connect, type Socket } from 'node:net';
import ssh2, { type AuthenticationType, type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { SshFailure, toSshFailure } from './ssh-failure.ts';
import { hostKeyFingerprint } from './ssh-host-key.ts';

/** How to log in to one router's SSH service. Holds the clear login: never stored, logged or returned. */
export interface SshLogin {
  host: string;
  port: number;
  /** The only host key that is accepted, as `SHA256:…`. */
  hostKey: string;
  username: string;
  password: string;
  /** Tried before the password: RouterOS refuses passwords over SSH to users who have a key. */
  privateKey?: string | undefined;
}

/** What a command printed. */
export interface SshReply {
  bytes: Buffer;
  /** RouterOS says 0 for refused commands too; null when it said nothing. */
  exitCode: number | null;
}

/** One authenticated connection, on which commands run one after the other. */
export interface SshConnection {
  readonly isOpen: boolean;
  /** Runs one command line on a channel of its own. Fails with SshFailure; after a timeout the connection is gone. */
  exec(line: string, limits: { timeoutMs: number; maxBytes: number }): Promise<SshReply>;
  close(): Promise<void>;
}

/** Connects and logs in within `timeoutMs`. The host key is checked before the user's name is sent. */
export async function openSshConnection(login: SshLogin, timeoutMs: number): Promise<SshConnection> {
  refuseUnreadable(login.privateKey);
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    // Small packets are sent at once: a command would otherwise wait for the router's delayed acknowledgements.
    const socket = connect({ host: login.host, port: login.port, noDelay: true });
    let shown: string | undefined;
    const state = { isOpen: false };
    const fail = (failure: SshFailure): void => {
      clearTimeout(timer);
      state.isOpen = false;
      socket.destroy();
      // Does nothing to whoever has the connection already.
      reject(failure);
    };
    const timer = setTimeout(() => fail(new SshFailure('slow')), timeoutMs);
    // Both stay for the life of the connection: without a listener a late error would end the process.
    client.on('error', (error) =>
      fail(shown === undefined ? toSshFailure(error) : new SshFailure('host_key', { shown })),
    );
    client.on('close', () => fail(new SshFailure('unreachable')));
    client.once('ready', () => {
      clearTimeout(timer);
      state.isOpen = true;
      resolve({
        get isOpen() {
          return state.isOpen;
        },
        exec: (line, limits) => exec({ client, socket, state }, line, limits),
        close: () => close({ client, socket, state }),
      });
    });
    client.connect({
      ...authenticationOf(login),
      sock: socket,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES_UNANSWERED,
      hostVerifier: (key: Buffer) => {
        const fingerprint = hostKeyFingerprint(key);
        if (fingerprint === login.hostKey) return true;
        shown = fingerprint;
        return false;
      },
    });
  });
}

interface Open {
  client: Client;
  socket: Socket;
  state: { isOpen: boolean };
}

function refuseUnreadable(privateKey: string | undefined): void {
  if (privateKey === undefined) return;
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw new SshFailure('private_key', { cause: parsed });
}

function authenticationOf({ username, password, privateKey }: SshLogin): ConnectConfig {
  const methods: AuthenticationType[] = privateKey === undefined ? ['password'] : ['publickey', 'password'];
  return { username, password, privateKey, authHandler: methods };
}

function exec(
  { client, socket, state }: Open,
  line: string,
  limits: { timeoutMs: number; maxBytes: number },
): Promise<SshReply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let exitCode: number | null = null;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      client.off('close', onLost);
      settle();
    };
    const giveUp = (kind: 'timeout' | 'too_large'): void =>
      end(() => {
        // Only the end of the connection ends a command that still runs.
        state.isOpen = false;
        socket.destroy();
        reject(new SshFailure(kind));
      });
    // The connection's end comes before the channels': what they received so far may be a part only.
    const onLost = (): void => end(() => reject(new SshFailure('closed')));
    const timer = setTimeout(() => giveUp('timeout'), limits.timeoutMs);
    client.once('close', onLost);
    const onChannel = (error: Error | undefined, channel: ClientChannel): void => {
      if (error) return end(() => reject(new SshFailure('no_channel', { cause: error })));
      const onData = (chunk: Buffer): void => {
        size += chunk.length;
        if (size > limits.maxBytes) giveUp('too_large');
        else chunks.push(chunk);
      };
      channel.on('data', onData);
      // Error texts come with the output; should a version separate them, they must not be lost.
      channel.stderr.on('data', onData);
      channel.on('exit', (code: number | null) => (exitCode = code));
      channel.on('close', () => end(() => resolve({ bytes: Buffer.concat(chunks), exitCode })));
    };
    try {
      client.exec(line, onChannel);
    } catch (error) {
      end(() => reject(new SshFailure('closed', { cause: error })));
    }
  });
}

async function close({ client, socket, state }: Open): Promise<void> {
  if (!state.isOpen) return;
  state.isOpen = false;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.destroy(), CLOSE_MS);
    client.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    client.end();
  });
}

/** Whether the router is still there is asked so often during a long command; it is given up after a minute of silence. */
const KEEPALIVE_MS = 15_000;
const KEEPALIVES_UNANSWERED = 4;
/** What does not close by then is cut off. */
const CLOSE_MS = 1_000;
