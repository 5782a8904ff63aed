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

/** An open connection whose bytes can be held back in either direction. */
export class SilencedSocket {
  readonly #socket: Socket;
  #isInHeld = false;
  #isOutHeld = false;
  #read: number;
  #written: number;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#read = socket.bytesRead;
    this.#written = socket.bytesWritten;
  }

  /** Does it hold anything back, or did bytes pass since they were last taken? */
  get isBusy(): boolean {
    const { bytesRead, bytesWritten } = this.#socket;
    return this.#isInHeld || this.#isOutHeld || bytesRead > this.#read || bytesWritten > this.#written;
  }

  /** How many bytes passed since this was asked last. */
  takePassed(): { readonly received: number; readonly sent: number } {
    const { bytesRead, bytesWritten } = this.#socket;
    const passed = { received: bytesRead - this.#read, sent: bytesWritten - this.#written };
    this.#read = bytesRead;
    this.#written = bytesWritten;
    return passed;
  }

  hold({ inward, outward }: { readonly inward: boolean; readonly outward: boolean }): void {
    if (inward !== this.#isInHeld) {
      if (inward) this.#socket.pause();
      else this.#socket.resume();
    }
    if (outward !== this.#isOutHeld) {
      if (outward) this.#socket.cork();
      else this.#socket.uncork();
    }
    this.#isInHeld = inward;
    this.#isOutHeld = outward;
  }
}
