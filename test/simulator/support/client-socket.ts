import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { LabRouter } from './lab-router.ts';

/** A plain TCP connection to a router that speaks HTTP/1.1, byte by byte. */
export type ClientSocket = {
  readonly socket: Socket;
  /** Everything that came back so far. */
  readonly text: () => string;
  /** `open`, `closed` (ended by the router) or `reset`. */
  readonly state: () => 'open' | 'closed' | 'reset';
  /** Sends a request for a path below `/rest`. */
  readonly ask: (path: string, method?: string, body?: unknown) => void;
};

/** Connects to a router's web port from a loopback address; the TCP connection itself always comes about. */
export async function connectTo(router: LabRouter, from = '127.0.0.1'): Promise<ClientSocket> {
  const socket = connect({ host: '127.0.0.1', port: router.device.restPort, localAddress: from });
  onTestFinished(() => void socket.destroy());
  let text = '';
  let state: ReturnType<ClientSocket['state']> = 'open';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  socket.on('end', () => (state = 'closed'));
  socket.on('error', () => (state = 'reset'));
  // A router that refuses resets the connection right after it came about.
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return {
    socket,
    text: () => text,
    state: () => state,
    ask: (path, method = 'GET', body) => {
      const payload = body === undefined ? '' : JSON.stringify(body);
      socket.write(
        `${method} /rest${path} HTTP/1.1\r\nHost: router\r\nAuthorization: Basic ${LOGIN}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(payload)}\r\n\r\n${payload}`,
      );
    },
  };
}

const LOGIN = Buffer.from('convoy:secret').toString('base64');
