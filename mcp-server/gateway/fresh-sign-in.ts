import { AppError } from '../../shared/errors/app-error.ts';
import type { GatewaySignal } from './requests.ts';

/** A decision takes a sign-in younger than this: a browser left open must not be enough to approve. */
export const FRESH_SIGN_IN_SECONDS = 15 * 60;

export interface SignInAge {
  signal: GatewaySignal;
  /** When the person proved who they are; null when the identity provider does not say. */
  signedInAtMs: number | null;
  nowMs: number;
  /** Longest age allowed. */
  maxAgeSeconds: number;
  /** What to do about it, for the person. */
  signInAgain: string;
}

/** Fails with UNAUTHORIZED when the signal is a decision and the sign-in too old for one; controls take any session. */
export function requireFreshSignIn({ signal, signedInAtMs, nowMs, maxAgeSeconds, signInAgain }: SignInAge): void {
  if (signal !== 'approve' && signal !== 'reject') return;
  if (signedInAtMs !== null && nowMs - signedInAtMs <= maxAgeSeconds * 1000) return;
  const minutes = Math.ceil(maxAgeSeconds / 60);
  throw new AppError('UNAUTHORIZED', {
    message: `To ${signal} a plan you must have signed in during the last ${minutes} minutes, so nothing was sent. ${signInAgain}`,
    details: { reason: 'SIGN_IN_TOO_OLD', maxAgeSeconds },
  });
}
