import { z } from 'zod';
import { refused } from './addresses.ts';
import { clipText } from './device-text.ts';

/** The name of a router, a singleton menu: what its prompt, neighbours and logs show. */
export const IDENTITY_MENU = '/system/identity';

/** A name that routers are given: 1 to 64 printable characters. */
export const Identity = z
  .string()
  .min(1, 'the identity must not be empty')
  .max(64, 'the identity may have at most 64 characters')
  .check(refused(textProblem));

/** Why a text is no name for a router, as a sentence; null when it is one. */
export function identityProblem(identity: string): string | null {
  return Identity.safeParse(identity).error?.issues[0]?.message ?? null;
}

function textProblem(identity: string): string | null {
  if (clipText(identity, identity.length) !== identity) {
    return `${JSON.stringify(identity.slice(0, 64))} contains characters that cannot be printed`;
  }
  return identity.trim() === identity ? null : 'the identity must not begin or end with white space';
}
