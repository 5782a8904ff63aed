import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { RouterCertificate } from './certificate.ts';

export type DoorOptions = {
  readonly host: string;
  /** 0 takes a free port, and keeps it from then on. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly certificate?: RouterCertificate;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** A TCP connection came in; `false` resets it. */
  readonly onConnection: () => boolean;
  readonly onHandshake: () => void;
};

/** The network side of a router: a listening port that can be shut and opened again, and its connections. */
export class Door {
  readonly #host: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #secure: ((context: SecureContextOptions) => void) | undefined;
  #port: number;
  #wasOpen = false;

  constructor(options: DoorOptions) {
    this.#host = options.host;
    this.#port = options.port;
    const settings = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, headersTimeout: 60_000 };
    if (options.certificate) {
      const server = createHttpsServer({ ...settings, ...secureContext(options.certificate) }, options.onRequest);
      server.on('secureConnection', options.onHandshake);
      this.#secure = (context) => server.setSecureContext(context);
      this.#server = server;
    } else {
      this.#server = createHttpServer(settings, options.onRequest);
    }
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      if (!options.onConnection()) socket.resetAndDestroy();
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

  /** New connections see the new certificate; present ones are cut, as the device does. */
  changeCertificate(certificate: RouterCertificate): void {
    this.#secure?.(secureContext(certificate));
    this.cutAll();
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

/** How long an idle connection is kept, in milliseconds. */
const KEEP_ALIVE_MS = 120_000;

function secureContext({ cert, key }: RouterCertificate): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}
