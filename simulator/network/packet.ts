/** What a firewall rule can see of a packet. */
export type Packet = {
  readonly protocol: 'tcp';
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Ids of interfaces; undefined where the packet has none (the way in of a packet that the router sends). */
  readonly inInterface?: string;
  readonly inBridgePort?: string;
  readonly outInterface?: string;
  readonly outBridgePort?: string;
  /** As connection tracking sees it; undefined when nothing tracks. */
  readonly state: 'new' | 'established' | 'untracked' | undefined;
  readonly isTranslated: boolean;
  readonly flags: readonly ('syn' | 'ack' | 'psh')[];
  readonly bytes: number;
};

/** What rules have written onto a packet on its way. */
export type Marks = { connection?: string; packet?: string; routing?: string };
