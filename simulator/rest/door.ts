import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { DEFAULT_CIPHERS, type SecureContextOptions } from 'node:tls';
import { Listener } from '../network/listener.ts';
import type { GatedConnection, ManagementGate } from '../network/management-gate.ts';
import type { RouterCertificate } from './certificate.ts';

export type DoorOptions = {
  readonly host: string;
  /** 0 takes a free port, and keeps it from then on. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly certificate?: RouterCertificate;
  /** Decides what the router's configuration makes of a connection. */
  readonly gate: ManagementGate;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, connection: GatedConnection) => void;
  /** A TCP connection came in; `false` resets it. */
  readonly onConnection: () => boolean;
  readonly onHandshake: () => void;
};

/** The web side of a router: a listening port that can be shut and opened again, and its connections. */
export class Door {
  readonly #listener: Listener;
  readonly #secure: ((context: SecureContextOptions) => void) | undefined;
  /** By the client's address and port: below TLS the socket of a request is another one than that which came in. */
  readonly #connections = new Map<string, GatedConnection>();

  constructor(options: DoorOptions) {
    const settings = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, headersTimeout: 60_000 };
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      const connection = this.#connections.get(peerOf(request.socket));
      if (connection) options.onRequest(request, response, connection);
      else response.destroy();
    };
    let server: Server;
    if (options.certificate) {
      const secured = createHttpsServer({ ...settings, ...secureContext(options.certificate) }, onRequest);
      secured.on('secureConnection', options.onHandshake);
      this.#secure = (context) => secured.setSecureContext(context);
      server = secured;
    } else {
      server = createHttpServer(settings, onRequest);
    }
    const service = options.certificate ? 'www-ssl' : 'www';
    const accept = (socket: Socket): void => {
      if (!options.onConnection()) return void socket.resetAndDestroy();
      options.gate.admit(socket, service, (connection) => this.#serve(server, socket, connection));
    };
    // Nothing is read before the router has taken the connection.
    const port = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    this.#listener = new Listener(options.host, options.port, accept, port);
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Starts to listen. Rejects with the system's error (`EADDRINUSE`) when the port is taken. */
  async open(): Promise<void> {
    await this.#listener.open();
  }

  /** Stops listening and cuts every connection. */
  async shut(): Promise<void> {
    await this.#listener.shut();
  }

  /** Cuts every connection; the port stays open. */
  cutAll(): void {
    this.#listener.cutAll();
  }

  /** New connections see the new certificate; present ones are cut, as the device does. */
  changeCertificate(certificate: RouterCertificate): void {
    this.#secure?.(secureContext(certificate));
    this.cutAll();
  }

  #serve(server: Server, socket: Socket, connection: GatedConnection): void {
    const peer = peerOf(socket);
    this.#connections.set(peer, connection);
    socket.once('close', () => this.#connections.delete(peer));
    server.emit('connection', socket);
    // TLS reads from the socket by itself.
    if (!this.#secure) socket.resume();
  }
}

/** How long an idle connection is kept, in milliseconds. */
const KEEP_ALIVE_MS = 120_000;

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''}:${remotePort ?? 0}`;
}

function secureContext({ cert, key }: RouterCertificate): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2', ciphers: ANY_KEY };
}

/** A router serves short keys too; whether they are good enough is for its client to say. */
const ANY_KEY = `${DEFAULT_CIPHERS}:@SECLEVEL=0`;
