import type { Principal } from '../../shared/domain/principal.ts';
import type { Action, Target } from './action.ts';

/** A call that everything else allows. */
export interface PolicyQuestion {
  action: Action;
  principal: Principal;
  target: Target;
  input: Readonly<Record<string, unknown>>;
}

/** The deployment's own rules, beyond roles, scopes and flags. */
export interface PolicyGate {
  /** Fails with POLICY_REFUSED naming the rule. */
  check(question: PolicyQuestion): Promise<void>;
}

/** The gate of a deployment without rules. */
export const ALLOW_ALL: PolicyGate = { check: () => Promise.resolve() };
