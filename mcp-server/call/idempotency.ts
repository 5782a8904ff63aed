import { createHmac, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** The argument that every action which changes something has, besides its own. */
export const IDEMPOTENCY_KEY = 'idempotencyKey';

/** A name the caller gives to one wish: under it the wish is carried out once, however often it is sent. Kept 24 hours. */
export const IdempotencyKey = z
  .string()
  .max(64)
  .refine((key) => /^[\x21-\x7e]+$/.test(key), '1 to 64 visible ASCII characters')
  .describe('A retry under the same key is not carried out twice');

/** Adds the argument to the input of an action that changes something. */
export function withIdempotencyKey(input: z.ZodObject): z.ZodObject {
  return input.safeExtend({ [IDEMPOTENCY_KEY]: IdempotencyKey.optional() });
}

/**
 * Takes the key out of parsed arguments, so that no action sees it. `header` is the one of the HTTP request; fails with
 * VALIDATION_ERROR when it is none, or another than the argument.
 */
export function takeIdempotencyKey(
  { [IDEMPOTENCY_KEY]: argument, ...input }: Record<string, unknown>,
  header: string | undefined,
): { input: Record<string, unknown>; key: string | undefined } {
  if (header !== undefined && !IdempotencyKey.safeParse(header).success) {
    throw refusal('1 to 64 visible ASCII characters are allowed');
  }
  const key = typeof argument === 'string' ? argument : header;
  if (header !== undefined && header !== key) throw refusal('the arguments hold another idempotencyKey');
  return { input, key };
}

/** Tells whether two calls were made with the same arguments without keeping these, for they may hold secrets. */
export interface ArgumentDigests {
  of(action: string, input: Readonly<Record<string, unknown>>): string;
  matches(digest: string, action: string, input: Readonly<Record<string, unknown>>): boolean;
}

/** Digests are keyed, by a secret that all web processes share: a short password could be guessed from a plain one. */
export function createArgumentDigests(callSecret: Buffer): ArgumentDigests {
  const key = Buffer.from(hkdfSync('sha256', callSecret, '', 'convoy call arguments', 32));
  const digest = (action: string, input: Readonly<Record<string, unknown>>): string =>
    createHmac('sha256', key)
      .update(canonicalJson([action, input]))
      .digest('base64url');
  return {
    of: digest,
    matches: (known, action, input) => known === digest(action, input),
  };
}

export function keyReused(): AppError {
  return new AppError('IDEMPOTENCY_KEY_REUSED', {
    hint: 'Use a new key for every wish, and the same one only to repeat it.',
  });
}

function refusal(why: string): AppError {
  return new AppError('VALIDATION_ERROR', { message: `Idempotency-Key: ${why}.` });
}
