import type { CryptoKey } from 'jose';
import { mintTemporalToken } from './temporal-token.ts';
import { currentMs } from '../process/platform-clock.ts';

/** Life of a process's own token, and how often it is renewed: several renewals may fail before one runs out. */
const LIFETIME_SECONDS = 600;
const RENEW_MS = 120_000;
/** How often it is looked whether the clock was set: a token says until when it is good by the clock. */
const LOOK_MS = 5_000;
/** A clock that is set by more is no longer the one the token was made by, milliseconds. */
const CLOCK_MOVED_MS = 60_000;

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
  let mintedAt = times();
  const renew = (): void => {
    const renewing = times();
    mint().then((renewed) => {
      token = renewed;
      mintedAt = renewing;
      for (const listener of listeners) listener(renewed);
    }, onError);
  };
  const timer = setInterval(() => {
    const { clockMs, steadyMs } = times();
    const ageMs = steadyMs - mintedAt.steadyMs;
    const movedMs = clockMs - mintedAt.clockMs - ageMs;
    if (ageMs >= RENEW_MS || Math.abs(movedMs) > CLOCK_MOVED_MS) renew();
  }, LOOK_MS);
  timer.unref();
  return {
    current: () => token,
    onRenewed: (listener) => void listeners.push(listener),
    stop: () => clearInterval(timer),
  };
}

function times(): { clockMs: number; steadyMs: number } {
  return { clockMs: currentMs(), steadyMs: performance.now() };
}
