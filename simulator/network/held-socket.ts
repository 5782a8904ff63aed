import type { Socket } from 'node:net';

/** A connection that nobody serves yet. */
export type HeldSocket = {
  /** Hands the socket over as if it had just come in; what the client sent so far is read first. */
  readonly release: () => void;
};

/** Keeps what a client sends, and closes the connection when the client gives up. */
export function holdSocket(socket: Socket): HeldSocket {
  const chunks: Buffer[] = [];
  const keep = (chunk: Buffer): void => void chunks.push(chunk);
  const leave = (): void => void socket.destroy();
  socket.on('data', keep).on('end', leave).resume();
  return {
    release: () => {
      socket.off('data', keep).off('end', leave);
      socket.pause();
      if (chunks.length > 0) socket.unshift(Buffer.concat(chunks));
    },
  };
}

/** Closes without a byte; what the client sends meanwhile is not looked at. */
export function closeQuietly(socket: Socket): void {
  socket.resume();
  socket.destroySoon();
}

/** Makes an open connection silent in both directions, or in one, or lets it speak again. */
export function setSilence(socket: Socket, silence: { readonly in: boolean; readonly out: boolean }): void {
  if (silence.in) socket.pause();
  else if (socket.isPaused()) socket.resume();
  const isCorked = socket.writableCorked > 0;
  if (silence.out && !isCorked) socket.cork();
  if (!silence.out && isCorked) socket.uncork();
}
