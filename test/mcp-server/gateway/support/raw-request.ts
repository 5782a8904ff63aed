import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends bytes as they are to the server at `origin` and answers all that came back until it closed the connection or was
 * silent for half a second: what `fetch` would never send.
 */
export async function rawRequest(origin: string, text: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A server that cuts the connection has answered too.
  socket.on('error', () => undefined);
  socket.setTimeout(500, () => socket.destroy());
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** Status codes of the answers in what came back. */
export function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, code]) => Number(code));
}
