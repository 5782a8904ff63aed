import { createActions, type ActionDeps } from '../../mcp-server/actions.ts';
import type { Action } from '../../mcp-server/call/action.ts';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';

/** Stands for all that an action needs to be carried out: here it is only looked at. */
const UNUSED: unknown = new Proxy(() => UNUSED, { get: () => UNUSED });

/** Every action with its declaration, as a deployment of every phase has them. */
export function declaredActions(): Action[] {
  const known: Partial<ActionDeps> = {
    operations: OPERATIONS,
    planKinds: PLAN_KINDS,
    publicUrl: 'https://convoy.example',
    approvalUrl: 'https://approve.convoy.example',
    namespace: 'fleet',
    planExpiresSeconds: 1,
    phase: 5,
  };
  return createActions(
    new Proxy(known, { get: (given, name) => (given as Record<PropertyKey, unknown>)[name] ?? UNUSED }) as ActionDeps,
  );
}
