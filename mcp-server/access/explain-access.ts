import { z } from 'zod';
import { DeviceGrant, Role, Scope, SCOPES, type Principal, type RoleGrant } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { AccessMapping } from '../../shared/domain/access-mapping.ts';
import { defineAction, type Action, type AdmittedCall } from '../call/action.ts';
import { newCallId } from '../call/call-id.ts';
import type { PolicyGate } from '../call/check-policy.ts';
import { explainSteps } from '../call/explain-steps.ts';
import { DeviceRef } from '../call/input-fields.ts';
import type { StepTools } from '../call/steps.ts';

export interface ExplainDeps {
  database: Pick<Database, 'devices' | 'plans' | 'stops' | 'people'>;
  /** As the access file is now. */
  mapping: AccessMapping;
  policy: PolicyGate;
  /** Everything that can be called. */
  actions: () => readonly Action[];
}

const Input = z.strictObject({
  user: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Subject or e-mail address of somebody who was here; or give claims'),
  claims: z
    .record(z.string().max(200), z.unknown())
    .optional()
    .describe('Claims of a token, for the access file as it is now; or give user'),
  action: z.string().min(1).max(64).describe('Name of a tool or operation'),
  deviceId: DeviceRef.optional().describe('The device it is to be used on, by id or name'),
  scopes: z
    .array(Scope)
    .max(SCOPES.length)
    .default([...SCOPES])
    .describe('Scopes of the token; default: all'),
});

const Output = z.object({
  user: z.string(),
  action: z.string(),
  verdict: z.enum(['allowed', 'refused', 'open']).describe('open: no step refuses, and some were not asked'),
  code: z.string().nullable().describe('What a call would be answered with: the first refusal'),
  grants: z.array(z.object({ rule: z.string(), roles: z.array(Role), devices: z.array(DeviceGrant) })),
  steps: z.array(
    z.object({
      step: z.string(),
      asks: z.string(),
      outcome: z.enum(['passed', 'refused', 'not asked']),
      code: z.string().optional(),
      message: z.string().optional(),
      rules: z.array(z.string()).optional().describe('Rules of the access file that let it pass'),
    }),
  ),
});

/** Why somebody may do something or not: the steps of a call, taken for them by the very code that takes them for calls. */
export function explainAccessAction({ database, mapping, policy, actions }: ExplainDeps): Action {
  return defineAction({
    name: 'explain_access',
    title: 'Explain access',
    description:
      'Takes the steps that a call of somebody would take, and says of each whether it passes, and by which rule of the ' +
      'access file. Nothing is called. The person is one who was here before, or stands for the claims of a token.',
    toolset: 'audit',
    isCore: false,
    rate: 'admin',
    phase: 0,
    roles: ['auditor', 'admin'],
    scopes: ['fleet:read'],
    surfaces: ['http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: true,
    input: Input,
    output: Output,
    target: { on: 'nothing' },
    async dispatch({ input, correlationId, signal }) {
      const action = actions().find(({ name }) => name === input.action);
      if (action === undefined) {
        throw new AppError('NOT_FOUND', { message: `There is nothing to call by the name "${input.action}".` });
      }
      const principal = await principalOf({ database, mapping }, input);
      const about = aboutOf(action, input.deviceId);
      const request = {
        name: action.name,
        arguments: about,
        surface: 'http' as const,
        principal,
        correlationId,
        signal,
      };
      const hasTarget = action.target.on === 'nothing' || Object.keys(about).length > 0;
      const passage = { callId: newCallId(), action, request, arguments: about, target: null };
      const steps = await explainSteps(
        { database, policy, limiter: NOTHING_TAKEN, cursors: NO_CURSORS },
        { ...passage, input: about, key: undefined, after: null },
        { hasTarget },
      );
      const refusal = steps.find(({ outcome }) => outcome === 'refused');
      const unrefused = hasTarget ? ('allowed' as const) : ('open' as const);
      const verdict = refusal === undefined ? unrefused : ('refused' as const);
      return {
        output: {
          user: principal.email ?? principal.sub,
          action: action.name,
          verdict,
          code: refusal?.code ?? null,
          grants: principal.grants.map(shownGrant),
          steps,
        },
      };
    },
    summarize: ({ user, action, verdict, code }) =>
      `${action} by ${user}: ${verdict}${code === null ? '' : ` (${code})`}.`,
  });
}

const NOTHING_TAKEN: StepTools['limiter'] = { take: () => {} };
const NO_CURSORS: StepTools['cursors'] = {
  seal: () => '',
  open: () => {
    throw new AppError('VALIDATION_ERROR');
  },
};

async function principalOf(
  { database, mapping }: Pick<ExplainDeps, 'database' | 'mapping'>,
  { user, claims, scopes }: z.output<typeof Input>,
): Promise<AdmittedCall['principal']> {
  if ((user === undefined) === (claims === undefined)) {
    throw new AppError('VALIDATION_ERROR', {
      message: `Give either user or claims; ${user === undefined ? 'neither was' : 'both were'} given.`,
    });
  }
  const nobody = { clientId: null, name: null, scopes, via: 'http' as const, provenBy: 'nothing' as const };
  if (claims !== undefined) {
    const { sub, email } = claims;
    const named = { sub: textOf(sub) ?? 'somebody', email: textOf(email) ?? null };
    return { ...nobody, ...named, ...mapping.accessOf(claims) } satisfies Principal;
  }
  const person = await database.people.find(user ?? '');
  if (person === null) {
    throw new AppError('NOT_FOUND', {
      message: 'Nobody by that subject or address was here.',
      hint: 'Give the claims of their token instead.',
    });
  }
  const { sub, email, roles, grants } = person;
  return { ...nobody, sub, email, roles, grants };
}

/** The fields by which the action would be told what it is about. */
function aboutOf({ target }: Action, deviceId: string | undefined): Record<string, unknown> {
  if (deviceId === undefined) return {};
  if (target.on === 'device') return { deviceId };
  return target.on === 'fleet' ? { deviceIds: [deviceId] } : {};
}

function shownGrant({ rule, roles, devices }: RoleGrant) {
  return { rule: rule ?? 'a rule without a name', roles, devices };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
