import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import type { RevocationKey, RevocationStore } from '../../shared/platform/persistence/stores/revocation-store.ts';
import type { Revocations } from '../auth/revocations.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Comment } from '../call/input-fields.ts';

export interface RevocationDeps {
  store: Pick<RevocationStore, 'add' | 'remove' | 'list'>;
  revocations: Pick<Revocations, 'refresh'>;
}

const Kind = z.enum(['user', 'token']).describe('What is revoked: all access of somebody, or one token');
const Subject = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe('Of a user the subject or the e-mail address; of a token its "jti" or its SHA-256 as base64url');

const RevocationShape = z.object({
  kind: z.enum(['user', 'token']),
  subject: z.string(),
  comment: z.string(),
  revokedBy: z.string(),
  revokedAt: z.string(),
});

/** Revoking access without the identity provider, taking that back, and the list of what is revoked. */
export function revocationActions(deps: RevocationDeps): Action[] {
  return [revokeAccessAction(deps), restoreAccessAction(deps), listRevocationsAction(deps)];
}

const forAdministrators = {
  toolset: 'fleet',
  isCore: false,
  rate: 'admin',
  phase: 0,
  roles: ['admin'],
  scopes: ['fleet:admin'],
  surfaces: ['http'],
  target: { on: 'nothing' },
} as const;

function revokeAccessAction({ store, revocations }: RevocationDeps): Action {
  return defineAction({
    ...forAdministrators,
    name: 'revoke_access',
    title: 'Revoke access',
    description:
      'Refuses a person or one token until that is taken back, whatever the identity provider says: here at once, in every ' +
      'other web process within a second. Open streams end, votes of the person do not count any more.',
    hints: { readOnly: false, destructive: true, idempotent: true },
    audited: true,
    input: z.strictObject({ kind: Kind, subject: Subject, comment: Comment }),
    output: RevocationShape,
    async dispatch({ input: { kind, subject, comment }, principal }) {
      const key = keyOf({ kind, subject });
      refuseOneself(key, principal);
      const revocation = await store.add({ ...key, comment, revokedBy: principal.sub });
      await revocations.refresh();
      return { output: revocation };
    },
    summarize: ({ kind, subject }) => `The ${kind} ${subject} is revoked.`,
  });
}

function restoreAccessAction({ store, revocations }: RevocationDeps): Action {
  return defineAction({
    ...forAdministrators,
    name: 'restore_access',
    title: 'Restore access',
    description:
      'Takes a revocation back. What the person may do then follows from their tokens and the access file again.',
    hints: { readOnly: false, destructive: false, idempotent: true },
    audited: true,
    input: z.strictObject({ kind: Kind, subject: Subject, comment: Comment }),
    output: z.object({ kind: z.enum(['user', 'token']), subject: z.string() }),
    async dispatch({ input: { kind, subject } }) {
      const key = keyOf({ kind, subject });
      if (!(await store.remove(key))) {
        throw new AppError('NOT_FOUND', {
          message: `No such ${kind} is revoked.`,
          hint: 'The list of revocations has the exact subjects.',
        });
      }
      await revocations.refresh();
      return { output: key };
    },
    summarize: ({ kind, subject }) => `The ${kind} ${subject} is not revoked any more.`,
  });
}

function listRevocationsAction({ store }: RevocationDeps): Action {
  return defineAction({
    ...forAdministrators,
    name: 'list_revocations',
    title: 'List revocations',
    description: 'Who and which tokens are revoked, newest first.',
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({}),
    output: z.object({ revocations: z.array(RevocationShape) }),
    async dispatch() {
      return { output: { revocations: await store.list() } };
    },
    summarize: ({ revocations }) => `${revocations.length} revocations.`,
  });
}

/** Addresses are compared in lower case; a subject that is none is left as the identity provider writes it. */
function keyOf({ kind, subject }: RevocationKey): RevocationKey {
  return { kind, subject: kind === 'user' && subject.includes('@') ? subject.toLowerCase() : subject };
}

/** Nobody could take that back over the API. */
function refuseOneself({ kind, subject }: RevocationKey, { sub, email }: Principal): void {
  if (kind !== 'user' || ![sub, email?.toLowerCase()].includes(subject)) return;
  throw new AppError('VALIDATION_ERROR', { message: 'subject: is you; another administrator can revoke your access.' });
}
