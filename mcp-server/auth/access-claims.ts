import { z } from 'zod';
import type { ProvenBy } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** What a good token says; `sub` is who the deployment takes its bearer for, see `subject.ts`. */
export const AccessClaims = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(200),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  email: z.string().optional(),
  name: z.string().optional(),
  client_id: z.string().optional(),
  azp: z.string().optional(),
  jti: z.string().optional(),
});
export type AccessClaims = z.infer<typeof AccessClaims>;

/** Claims before it was looked at whose they are: tokens of services may have no subject. */
export const TokenClaims = AccessClaims.partial({ sub: true });
export type TokenClaims = z.infer<typeof TokenClaims>;

/** Claims, and what proved them: said by whoever looked at the token, whatever the token says. */
export type ProvenClaims = AccessClaims & { provenBy: ProvenBy };

/** How far clocks may differ, both ways. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** Whether the token is for one of these, exactly. */
export function hasAudience({ aud }: Pick<AccessClaims, 'aud'>, audiences: readonly string[]): boolean {
  return [aud].flat().some((one) => audiences.includes(one));
}

/** The refusal of a token; the reason is a sentence of ours and never text of the token. */
export function tokenRefused(reason: string, cause?: unknown): AppError {
  return new AppError('UNAUTHORIZED', {
    message: `The access token was refused: ${reason}.`,
    hint: 'Get a new access token for this resource from the identity provider.',
    cause,
  });
}
