import type { Socket } from 'node:net';
import type { RouterView } from '../engine/definition.ts';
import { closeQuietly, type HeldSocket, holdSocket, SilencedSocket } from './held-socket.ts';
import { managementAddress, SERVICE_PORTS, sourceSeen } from './management-link.ts';
import { type ManagementFlow, type ManagementVerdict, type Way, wayBack, wayIn } from './management-path.ts';
import type { ManagementService, OpenConnection, Traffic } from './open-connections.ts';
import { leaveTraces } from './packet-effects.ts';

/** An accepted connection of a manager, as a service of the router uses it. */
export type GatedConnection = {
  /** The manager's address as the router sees it. */
  readonly source: string;
  /**
   * Packets of the manager came to this machine. True when they are through to the service, perhaps much later; false
   * when the connection is gone before that.
   */
  readonly arrived: (bytes: number) => boolean | Promise<boolean>;
  /** The router sends. True when the packets can reach the manager; false when the connection is gone before. */
  readonly mayLeave: (bytes: number) => boolean | Promise<boolean>;
};

export type AdmitOptions = {
  /** Hold back the bytes of the open connection itself: for services that do not ask packet by packet. */
  readonly holdsBytes?: boolean;
};

/**
 * Stands between this machine's sockets and the services of a router, and lets through what the router's own
 * configuration lets through. What is dropped is not lost for good: as TCP sends it again, it waits here until the way
 * is free or the manager gives up.
 */
export class ManagementGate {
  readonly #router: RouterView;
  readonly #waiting = new Set<() => void>();
  readonly #open = new Map<OpenConnection, Accepted>();
  #retry: NodeJS.Timeout | undefined;
  #willTryAgain = false;

  constructor(router: RouterView) {
    this.#router = router;
  }

  /**
   * A connection came in at the outer port of a service. `serve` gets it when the router takes it: at once, or when the
   * way becomes free. A connection that is refused is reset, one that is not welcome is closed without a byte.
   */
  admit(
    socket: Socket,
    service: ManagementService,
    serve: (connection: GatedConnection) => void,
    { holdsBytes = false }: AdmitOptions = {},
  ): void {
    // Whoever gives up in the middle is no news.
    socket.on('error', () => undefined);
    const source = sourceSeen(this.#router, socket.remoteAddress ?? '');
    const flow = { service, source, sourcePort: socket.remotePort ?? 0, destinationPort: SERVICE_PORTS[service] };
    let held: HeldSocket | undefined;
    const decide = (verdict: ManagementVerdict): void => {
      held?.release();
      if (verdict === 'reject') return void socket.resetAndDestroy();
      if (verdict === 'close') return closeQuietly(socket);
      serve(this.#accept(socket, flow, holdsBytes));
    };
    const look = (): Way => this.#opening({ ...flow, connection: 'new' });
    if (this.#isThrough(look, 0, decide)) return;
    held = holdSocket(socket);
    this.#wait(socket, () => this.#isThrough(look, undefined, decide));
  }

  /** The configuration changed: connections of services that changed are cut, others fall silent or speak again. */
  reconsider(): void {
    for (const [connection, { socket, service, bytes }] of this.#open) {
      if (this.#serviceState(connection.service) !== service) socket.destroy();
      else bytes?.check();
    }
    // A script may change more than one thing before the router listens again.
    if (this.#willTryAgain || this.#waiting.size === 0) return;
    this.#willTryAgain = true;
    setImmediate(() => {
      this.#willTryAgain = false;
      for (const retry of this.#waiting) retry();
    });
  }

  #opening(flow: ManagementFlow): Way {
    const way = wayIn(this.#router, flow);
    if (way.verdict !== 'accept') return way;
    return { ...way, verdict: wayBack(this.#router, flow).verdict };
  }

  #accept(socket: Socket, flow: Endpoints, holdsBytes: boolean): GatedConnection {
    const router = this.#router;
    const { service, source, sourcePort, destinationPort } = flow;
    const destination = managementAddress(router);
    const sinceMs = router.clock.uptimeMs();
    const connection = router.connections.add({
      service,
      source,
      sourcePort,
      destination,
      destinationPort,
      sinceMs,
    });
    const state = { ...flow, connection: 'established' } as const;
    const bytes = holdsBytes ? this.#bytesOf(socket, connection, state) : undefined;
    this.#open.set(connection, { socket, service: this.#serviceState(service), bytes });
    if (holdsBytes) this.#arm();
    socket.once('close', () => {
      this.#open.delete(connection);
      router.connections.remove(connection);
    });
    return {
      source,
      arrived: (bytes) => this.#carry(socket, connection.received, bytes, () => wayIn(router, state)),
      mayLeave: (bytes) => this.#carry(socket, connection.sent, bytes, () => wayBack(router, state)),
    };
  }

  /** Holds the bytes of a connection back while their packets are dropped, and counts those that passed. */
  #bytesOf(socket: Socket, connection: OpenConnection, flow: ManagementFlow): HeldBytes {
    const silenced = new SilencedSocket(socket);
    return {
      isBusy: () => silenced.isBusy,
      check: () => {
        const [inward, outward] = [wayIn(this.#router, flow), wayBack(this.#router, flow)];
        const { received, sent } = silenced.takePassed();
        if (received > 0) this.#count(connection.received, inward, received);
        if (sent > 0) this.#count(connection.sent, outward, sent);
        if (inward.verdict === 'reject') socket.resetAndDestroy();
        else silenced.hold({ inward: inward.verdict === 'drop', outward: outward.verdict === 'drop' });
      },
    };
  }

  #count(traffic: Traffic, way: Way, bytes: number): void {
    traffic.bytes += bytes;
    traffic.packets += 1;
    leaveTraces(this.#router, way, bytes);
  }

  #carry(socket: Socket, traffic: Traffic, bytes: number, look: () => Way): boolean | Promise<boolean> {
    if (socket.destroyed) return false;
    traffic.bytes += bytes;
    traffic.packets += 1;
    let outcome = false;
    const decide = (verdict: ManagementVerdict): void => {
      outcome = verdict === 'accept';
      if (!outcome) socket.resetAndDestroy();
    };
    if (this.#isThrough(look, bytes, decide)) return outcome;
    return new Promise((resolve) => {
      const sinceMs = this.#router.clock.uptimeMs();
      const attempt = (): boolean => {
        if (this.#router.clock.uptimeMs() - sinceMs > TCP_GIVES_UP_MS) socket.destroy();
        return socket.destroyed || this.#isThrough(look, undefined, decide);
      };
      this.#wait(socket, attempt, () => resolve(outcome));
    });
  }

  /** Looks once; `bytes` is what is sent now, undefined when it is only sent again. False when it is dropped. */
  #isThrough(look: () => Way, bytes: number | undefined, decide: (verdict: ManagementVerdict) => void): boolean {
    const way = look();
    const isThrough = way.verdict !== 'drop';
    if (isThrough || bytes !== undefined) leaveTraces(this.#router, way, bytes ?? 0);
    if (isThrough) decide(way.verdict);
    return isThrough;
  }

  /** Tries again until it succeeds or the connection is gone; then calls `ended`. */
  #wait(socket: Socket, attempt: () => boolean, ended: () => void = () => undefined): void {
    const retry = (): void => {
      if (socket.destroyed || attempt()) stop();
    };
    const stop = (): void => {
      if (!this.#waiting.delete(retry)) return;
      socket.off('close', stop);
      ended();
    };
    this.#waiting.add(retry);
    socket.once('close', stop);
    this.#arm();
  }

  /** Time alone can open the way too: entries of address lists expire, rules have hours. */
  #arm(): void {
    if (this.#retry !== undefined) return;
    this.#retry = setInterval(() => {
      const held = [...this.#open.values()].flatMap(({ bytes }) => bytes ?? []);
      for (const bytes of held) if (bytes.isBusy()) bytes.check();
      for (const retry of this.#waiting) retry();
      if (this.#waiting.size > 0 || held.length > 0) return;
      clearInterval(this.#retry);
      this.#retry = undefined;
    }, RETRANSMISSION_MS);
    this.#retry.unref();
  }

  /** What a service must keep for its connections to live. */
  #serviceState(name: string): string {
    const values = this.#router.items('/ip/service').find((item) => item.values['name'] === name)?.values;
    return ['disabled', 'port', 'certificate', 'tls-version', 'vrf'].map((field) => values?.[field] ?? '').join('|');
  }
}

type Accepted = {
  readonly socket: Socket;
  /** State of the service when it took the connection. */
  readonly service: string;
  readonly bytes: HeldBytes | undefined;
};

type HeldBytes = { readonly isBusy: () => boolean; readonly check: () => void };

type Endpoints = Required<Omit<ManagementFlow, 'connection'>>;

/** How long data of an open connection may stay without an acknowledgement, in milliseconds. */
const TCP_GIVES_UP_MS = 924_000;

/** How often a packet that got no answer is tried again, in milliseconds. */
const RETRANSMISSION_MS = 250;
