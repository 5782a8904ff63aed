import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import type { SimulatedRouter } from '../../../simulator/simulated-router.ts';

/** Logs in to a simulated router over SSH; rejects with the library's error. */
export async function openSsh(device: SimulatedRouter, config: ConnectConfig = {}): Promise<Client> {
  const client = new Client();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once('ready', resolve);
  client.on('error', reject);
  client.connect({
    host: device.host,
    port: device.sshPort,
    username: 'convoy',
    ...(config.privateKey === undefined ? { password: 'secret' } : {}),
    ...config,
  });
  await promise;
  return client;
}

/** Runs one command on an exec channel; what it prints and the status it exits with. */
export async function exec(client: Client, command: string): Promise<{ output: string; status: number | null }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const pieces: Buffer[] = [];
  let status: number | null = null;
  client.exec(command, (error, channel: ClientChannel) => {
    if (error) return reject(error);
    channel.on('data', (piece: Buffer) => pieces.push(piece));
    channel.on('exit', (code: number) => (status = code));
    channel.once('close', resolve);
  });
  await promise;
  return { output: Buffer.concat(pieces).toString('utf8'), status };
}

/** An interactive session: what was printed so far, and keys to press. */
export type Terminal = {
  readonly screen: () => string;
  readonly press: (keys: string) => void;
  readonly isClosed: () => boolean;
};

/** Opens a shell of 80 by 24; terminal probes are answered as a terminal of 24 rows would, or with what is given. */
export async function openTerminal(
  client: Client,
  { probeAnswer = '\x1b[24;80R', size = {} }: { probeAnswer?: string; size?: { rows?: number; cols?: number } } = {},
): Promise<Terminal> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.shell({ rows: 24, cols: 80, ...size, term: 'xterm' }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  let screen = '';
  channel.on('data', (piece: Buffer) => {
    const text = piece.toString('utf8');
    screen += text;
    if (text.includes('\x1b[6n')) channel.write(probeAnswer);
  });
  let isClosed = false;
  channel.once('close', () => (isClosed = true));
  return { screen: () => screen, press: (keys) => channel.write(keys), isClosed: () => isClosed };
}
