import { AppError } from '../../shared/errors/app-error.ts';

/** How the subjects begin under which Convoy's own processes speak to the Temporal server. */
const RESERVED = 'svc-';

/**
 * Fails with FORBIDDEN for a person whom the identity provider calls as Convoy calls its own processes: the subject is what
 * the Temporal server stamps on everything the person does, and workflows believe their own processes more than people.
 */
export function refuseReservedSubject(sub: string): void {
  if (!sub.startsWith(RESERVED)) return;
  throw new AppError('FORBIDDEN', {
    message: `Subjects that begin with "${RESERVED}" are Convoy's own, so nobody can sign in under one.`,
    hint: "Ask the deployment's administrator for another account.",
  });
}
