import type { TlsTrust } from '../domain/device.ts';

/** Argument of `holdLane`, the lease of a device. */
export interface HoldLaneInput {
  deviceId: string;
}
export const HOLD_LANE = 'holdLane';

/** The Nexus service a lane serves on its device's queue: the fast door for interactive reads. */
export const LANE_SERVICE = 'convoy-lane';
export const LANE_READ_OPERATION = 'read';

/** A device about to be registered; the credentials travel sealed, with the device id as associated data. */
export interface ProbeRequest {
  deviceId: string;
  host: string;
  restPort: number;
  /** Null: take the certificate that is shown and report its fingerprint. */
  tls: TlsTrust | null;
  /** Left out or null: not over SSH. Without a host key: take the one that is shown and report its fingerprint. */
  ssh?: { port: number; hostKey: string | null } | null;
  sealedCredential: string;
}

/** What a router said about itself. */
export interface ProbeReply {
  identity: string;
  model: string | null;
  version: string;
  serialNumber: string | null;
  /** Null over plaintext. */
  fingerprint256: string | null;
  /** Fingerprint of the SSH host key; null without SSH. */
  sshHostKey: string | null;
}
/** Served on the lanes' queue, because a candidate has no lane yet. */
export const PROBE_CANDIDATE = 'probeCandidate';
