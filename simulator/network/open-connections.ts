/** The services through which a router is managed. */
export type ManagementService = 'www' | 'www-ssl' | 'ssh';

/** A TCP connection to a service of the router. */
export type OpenConnection = {
  readonly id: number;
  readonly service: ManagementService;
  /** As the router sees it. */
  readonly source: string;
  readonly sourcePort: number;
  /** Address and port that the client asked for. */
  readonly destination: string;
  readonly destinationPort: number;
  /** When it was accepted, by the router's uptime in milliseconds. */
  readonly sinceMs: number;
  /** What came in, and what went out. */
  readonly received: Traffic;
  readonly sent: Traffic;
};

export type Traffic = { packets: number; bytes: number };

/** The connections that a router's services have accepted and not closed. */
export class OpenConnections {
  readonly #open = new Set<OpenConnection>();
  #lastId = 0;

  list(): readonly OpenConnection[] {
    return [...this.#open];
  }

  add(connection: Omit<OpenConnection, 'id' | 'received' | 'sent'>): OpenConnection {
    this.#lastId += 1;
    const opened = {
      ...connection,
      id: this.#lastId,
      received: { packets: 0, bytes: 0 },
      sent: { packets: 0, bytes: 0 },
    };
    this.#open.add(opened);
    return opened;
  }

  remove(connection: OpenConnection): void {
    this.#open.delete(connection);
  }
}
