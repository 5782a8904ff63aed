/** How one router's SSH service is reached and trusted. */
export interface SshTarget {
  port: number;
  /** The only host key that is accepted, as `SHA256:…`. */
  hostKey: string;
  limits?: Partial<SshLimits>;
}

/** Times in milliseconds. */
export interface SshLimits {
  /** Connection, key exchange and login. Default 10 000: small boards take a second for the cryptography alone. */
  connectTimeoutMs: number;
  /** From sending a command to its end. Default 60 000: an export of a large configuration takes more than 30 s. */
  commandTimeoutMs: number;
  /** Default 16 MiB. */
  maxReplyBytes: number;
  /** An unused connection is closed after this. Default 30 000: RouterOS has few sessions to give. */
  idleMs: number;
}

export const SSH_LIMITS: SshLimits = {
  connectTimeoutMs: 10_000,
  commandTimeoutMs: 60_000,
  maxReplyBytes: 16 * 1024 * 1024,
  idleMs: 30_000,
};
