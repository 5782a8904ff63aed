import { ulid } from 'ulid';
import type { Principal } from '../../shared/domain/principal.ts';
import { rolesToSend } from '../../shared/domain/plan-controls.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PersonStore } from '../../shared/platform/persistence/stores/person-store.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { actorOf, addressDetail } from '../audit/actor-of.ts';
import type { PersonClaims, PersonRecorder } from '../auth/principal.ts';
import { refusalOfChange } from '../degraded/read-only-refusal.ts';
import { resolvePlan, rolesOnPlan } from '../call/resolve-plan.ts';
import { checkSignal } from './check-signal.ts';
import { requireFreshSignIn } from './fresh-sign-in.ts';
import type { GatewaySignal } from './requests.ts';
import type { SendSignal } from './send-signal.ts';
import type { SignalMessage } from './signal-body.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface SignalRoute {
  plans: Pick<PlanStore, 'get'>;
  devices: Pick<DeviceStore, 'getMany'>;
  audit: Pick<AuditStore, 'append'>;
  people: PersonRecorder;
  directory: Pick<PersonStore, 'get'>;
  /** Longest age of a sign-in that may decide. */
  freshSignInSeconds: number;
  metrics: Pick<Metrics, 'approvals'>;
  send: SendSignal;
}

export interface SignalAttempt {
  planId: string;
  signal: GatewaySignal;
  person: Principal;
  /** What the person's session or token says of them. */
  claims: PersonClaims;
  /** Prefix of the identity shown in the workflow's history. */
  via: 'temporal-ui' | 'cli' | 'console';
  correlationId: string;
  clientAddress?: string | undefined;
  signedInAtMs: number | null;
  /** How to sign in anew through this door. */
  signInAgain: string;
  /** Reads the message; what it refuses is a refused attempt like any other. */
  message: () => SignalMessage | Promise<SignalMessage>;
}

/**
 * Checks one person's signal and sends it under that person's own subject. The workflow audits what arrives; a refusal
 * here never reaches it and is audited as `approval.refused`.
 */
export async function deliverSignal(route: SignalRoute, attempt: SignalAttempt): Promise<void> {
  const { planId, signal, person, via } = attempt;
  try {
    const message = await attempt.message();
    const plan = await resolvePlan(route, person, planId);
    const requester = await route.directory.get(plan.requestedBy);
    const facts = { signal, nowMs: currentMs() };
    const { sub, email } = person;
    const held = { sub, email, roles: await rolesOnPlan(route.devices, person, plan, rolesToSend(signal)) };
    const voters = await Promise.all(plan.approvals.map(({ by }) => route.directory.get(by)));
    checkSignal({
      ...facts,
      digest: message.digest,
      comment: message.comment,
      person: held,
      plan,
      requesterEmail: requester?.email ?? null,
      voterEmails: voters.flatMap((voter) => voter?.email ?? []),
    });
    const { signedInAtMs, signInAgain } = attempt;
    requireFreshSignIn({ ...facts, signedInAtMs, signInAgain, maxAgeSeconds: route.freshSignInSeconds });
    // Before the signal: the workflow looks up the roles of whoever the server says sent it.
    await route.people.record(person, attempt.claims);
    await route.send({
      planId,
      signal,
      message,
      subject: person.sub,
      identity: `${via}:${person.email ?? person.sub}`,
    });
    route.metrics.approvals.inc({ decision: signal, outcome: 'sent' });
  } catch (given) {
    const error = refusalOfChange(given);
    // Of what the database refuses there can be no record in it.
    if (error instanceof AppError && error.code !== 'SERVICE_READ_ONLY') {
      await auditRefusal(route.audit, attempt, error);
    }
    route.metrics.approvals.inc({
      decision: signal,
      outcome: error instanceof AppError ? error.code : 'INTERNAL_ERROR',
    });
    throw error;
  }
}

async function auditRefusal(audit: SignalRoute['audit'], attempt: SignalAttempt, error: AppError): Promise<void> {
  const { planId, signal, person, via, correlationId, clientAddress } = attempt;
  await audit.append({
    // Not from the correlation id, which is the client's to choose: a repeated key would hide the attempt.
    key: `gateway/${ulid(currentMs())}`,
    action: 'approval.refused',
    ...actorOf(person, via),
    planId,
    operation: signal,
    outcome: error.status >= 500 ? 'failed' : 'refused',
    code: error.code,
    message: error.message,
    details: addressDetail(clientAddress),
    correlationId,
  });
}
