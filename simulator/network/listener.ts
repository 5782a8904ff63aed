import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A TCP port that can be shut and opened again, and the connections that came in through it. */
export class Listener {
  readonly #host: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port: number;
  #wasOpen = false;

  /** Port 0 takes a free one, and keeps it from then on. */
  constructor(host: string, port: number, onConnection: (socket: Socket) => void, server: Server = createServer()) {
    this.#host = host;
    this.#port = port;
    this.#server = server;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      onConnection(socket);
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Starts to listen. Rejects with the system's error (`EADDRINUSE`) when the port is taken. */
  async open(): Promise<void> {
    if (this.#server.listening) return;
    await this.#listen(this.#wasOpen ? REOPEN_ATTEMPTS : 1);
    this.#wasOpen = true;
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts every connection. */
  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.cutAll();
    await promise;
  }

  /** Cuts every connection; the port stays open. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** While the port was shut, an outgoing connection of this machine may hold it for a moment. */
  async #listen(attempts: number): Promise<void> {
    this.#server.listen(this.#port, this.#host);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || attempts <= 1) throw error;
      await delay(REOPEN_PAUSE_MS);
      await this.#listen(attempts - 1);
    }
  }
}

const REOPEN_ATTEMPTS = 100;
const REOPEN_PAUSE_MS = 50;
