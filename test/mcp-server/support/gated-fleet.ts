import type { FleetDouble } from './fleet-double.ts';

/** Holds whatever the fleet is asked for until it is let go. */
export interface Gate {
  open: () => void;
  /** Answers once something is being held. */
  reached: Promise<void>;
}

/** Reads and changes wait at a gate; then they are answered as usual. */
export function gate(fleet: Pick<FleetDouble, 'answers'>): Gate {
  const { promise, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const held = async () => {
    reach();
    await promise;
  };
  fleet.answers.read = async () => {
    await held();
    return { output: DNS, observedAt: '2027-01-02T03:04:05.000Z', door: 'nexus' };
  };
  fleet.answers.change = async () => {
    await held();
    return { outcome: 'applied', changes: [], error: null };
  };
  return { open, reached };
}

const DNS = {
  servers: ['1.1.1.1'],
  dynamicServers: [],
  dohServer: null,
  verifyDohCertificate: false,
  allowRemoteRequests: false,
  cacheSizeBytes: 2_097_152,
  cacheUsedBytes: 1024,
  cacheMaxTtlSeconds: 604_800,
};
