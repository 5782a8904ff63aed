import { Client, Connection } from '@temporalio/client';
import { loginAs } from '../../../cli/stack/login-as.ts';
import { planWorkflowId } from '../../../shared/contract/workflow-ids.ts';
import { createDataConverter } from '../../../shared/platform/temporal/data-converter.ts';
import { mintTemporalToken } from '../../../shared/platform/temporal/temporal-token.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';

/** The embedded people, by the part of their address before the @. */
export type Person = 'operator' | 'admin' | 'approver' | 'approver2' | 'viewer';
const PEOPLE: readonly Person[] = ['operator', 'admin', 'approver', 'approver2', 'viewer'];

/** Whatever came of a request: the status, or 0 when nobody answered. */
export interface Answer {
  status: number;
  code: string | null;
  body: Record<string, unknown>;
}

/** What people do: through the web process, and, to decide, straight at Temporal with a token that proves who they are. */
export interface People {
  /** Never throws: what cannot be answered has status 0. */
  ask(person: Person, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer>;
  /** Throws while Temporal does not take it. */
  decide(person: Person, planId: string, decision: 'approve' | 'reject', digest: string): Promise<void>;
  /** As an administrator of Temporal sees it. */
  temporal: Client;
  close(): Promise<void>;
}

const ANSWER_WITHIN_MS = 20_000;
/** A login is renewed well before it ends. */
const LOGIN_GOOD_FOR_MS = 4 * 60_000;

export const subjectOf = (person: Person): string => `${person}@convoy.test`;

/** Logs everybody in once, so that the platform knows them. */
export async function openPeople(stack: ChaosStack): Promise<People> {
  const { apiUrl, issuer, temporal, signingKey, keyring } = stack;
  const logins = new Map<Person, { token: Promise<string>; atMs: number }>();
  const login = (person: Person): Promise<string> => {
    const known = logins.get(person);
    if (known && Date.now() - known.atMs < LOGIN_GOOD_FOR_MS) return known.token;
    const scope = 'openid email profile groups fleet:read fleet:write fleet:plan fleet:approve';
    const token = loginAs({ issuer, user: subjectOf(person), scope, resource: apiUrl }).then(
      ({ accessToken }) => accessToken,
    );
    logins.set(person, { token, atMs: Date.now() });
    return token;
  };
  const connections: Connection[] = [];
  const clientOf = async (subject: string): Promise<Client> => {
    const token = (): Promise<string> =>
      mintTemporalToken({
        signingKey,
        subject,
        permissions: [`${temporal.namespace}:write`],
        lifetimeSeconds: 12 * 3_600,
      });
    const connection = await Connection.connect({
      address: temporal.address,
      metadata: { authorization: `Bearer ${await token()}` },
    });
    connections.push(connection);
    const dataConverter = createDataConverter({ keyring, namespace: temporal.namespace });
    return new Client({ connection, namespace: temporal.namespace, dataConverter, identity: `cli:${subject}` });
  };
  const deciders = new Map<Person, Client>();
  const people: People = {
    temporal: await clientOf('svc-admin'),
    async ask(person, method, path, body) {
      try {
        const response = await fetch(`${apiUrl}${path}`, {
          method,
          headers: { authorization: `Bearer ${await login(person)}`, 'content-type': 'application/json' },
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
        return { status: response.status, code: (answer['code'] as string | undefined) ?? null, body: answer };
      } catch (error) {
        return { status: 0, code: String(error), body: {} };
      }
    },
    async decide(person, planId, decision, digest) {
      const client = deciders.get(person);
      if (!client) throw new Error(`${person} decides on nothing`);
      await client.workflow.getHandle(planWorkflowId(planId)).signal(decision, { digest, comment: 'chaos' });
    },
    close: async () => void (await Promise.all(connections.map((connection) => connection.close()))),
  };
  for (const person of PEOPLE) {
    deciders.set(person, await clientOf(subjectOf(person)));
    const { status, code } = await people.ask(person, 'GET', '/devices?limit=1');
    if (status !== 200) throw new Error(`${person} could not log in: ${status} ${code}`);
  }
  return people;
}
