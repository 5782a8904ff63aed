import type { CryptoKey } from 'jose';
import { mintTemporalToken } from './temporal-token.ts';

/** Life of a process's own token, and how often it is renewed: several renewals may fail before one runs out. */
const LIFETIME_SECONDS = 600;
const RENEW_MS = 120_000;

/** A process's own Temporal token, kept fresh. */
export interface ServiceToken {
  /** The token to use now. */
  current(): string;
  /** Called with every new token. */
  onRenewed(listener: (token: string) => void): void;
  stop(): void;
}

/** Mints and renews the token of one of Convoy's own processes. */
export async function startServiceToken(options: {
  signingKey: CryptoKey;
  subject: string;
  permissions: string[];
  onError: (error: unknown) => void;
}): Promise<ServiceToken> {
  const { signingKey, subject, permissions, onError } = options;
  const mint = () => mintTemporalToken({ signingKey, subject, permissions, lifetimeSeconds: LIFETIME_SECONDS });
  const listeners: ((token: string) => void)[] = [];
  let token = await mint();
  const timer = setInterval(() => {
    mint().then((renewed) => {
      token = renewed;
      for (const listener of listeners) listener(renewed);
    }, onError);
  }, RENEW_MS);
  timer.unref();
  return {
    current: () => token,
    onRenewed: (listener) => void listeners.push(listener),
    stop: () => clearInterval(timer),
  };
}
