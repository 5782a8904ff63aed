import type { Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Action } from './action.ts';

export function lacksRole({ roles }: Pick<Action, 'roles'>, principal: Pick<Principal, 'roles'>): boolean {
  return !roles.some((role) => principal.roles.includes(role));
}

export function lacksScope({ scopes }: Pick<Action, 'scopes'>, principal: Pick<Principal, 'scopes'>): boolean {
  return !scopes.some((scope) => principal.scopes.includes(scope));
}

/**
 * Role and scope: the person must be trusted with the action, and must have let this client have it. The role comes
 * first, because asking for a wider token does not help somebody without the role.
 */
export function authorizeCaller(action: Action, principal: Principal): void {
  if (lacksRole(action, principal)) {
    throw new AppError('FORBIDDEN', {
      message: `Your role does not allow ${action.name}.`,
      hint: `It takes one of the roles ${action.roles.join(', ')}; you have ${principal.roles.join(', ') || 'none'}.`,
      details: { action: action.name, rolesNeeded: action.roles, roles: principal.roles },
    });
  }
  if (lacksScope(action, principal)) {
    throw new AppError('INSUFFICIENT_SCOPE', {
      message: `The access token lacks the scope ${action.scopes[0]} that ${action.name} needs.`,
      hint: `Get a token with the scopes ${[...new Set([...principal.scopes, action.scopes[0]])].join(' ')}.`,
      details: { action: action.name, scopesNeeded: action.scopes, scopes: principal.scopes },
    });
  }
}
