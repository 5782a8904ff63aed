import { createActions } from '../../mcp-server/actions.ts';
import type { Action } from '../../mcp-server/call/action.ts';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';

/** Stands for all that an action needs to be carried out: here it is only looked at. */
const UNUSED = new Proxy(() => UNUSED, { get: () => UNUSED }) as never;

/** Every action with its declaration, as a deployment of every phase has them. */
export function declaredActions(): Action[] {
  return createActions({
    operations: OPERATIONS,
    planKinds: PLAN_KINDS,
    publicUrl: 'https://convoy.example',
    approvalUrl: 'https://approve.convoy.example',
    namespace: 'fleet',
    planExpiresSeconds: 86_400,
    phase: 5,
    database: UNUSED,
    revocations: UNUSED,
    mapping: UNUSED,
    policyGate: UNUSED,
    fleet: UNUSED,
    keyring: UNUSED,
    draining: UNUSED,
    log: UNUSED,
    metrics: UNUSED,
  });
}
