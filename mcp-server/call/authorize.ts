import { Role, rolesOn, rolesOnFleet, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Action, Target } from './action.ts';
import { rolesOnPlan } from './resolve-plan.ts';

export function lacksRole({ roles }: Pick<Action, 'roles'>, principal: Pick<Principal, 'roles'>): boolean {
  return !roles.some((role) => principal.roles.includes(role));
}

export function lacksScope({ scopes }: Pick<Action, 'scopes'>, principal: Pick<Principal, 'scopes'>): boolean {
  return !scopes.some((scope) => principal.scopes.includes(scope));
}

/** Fails with FORBIDDEN unless the person has one of the roles anywhere: what one may never do needs no target. */
export function requireRole(action: Action, principal: Principal): void {
  if (!lacksRole(action, principal)) return;
  throw new AppError('FORBIDDEN', {
    message: `Your role does not allow ${action.name}.`,
    hint: `It takes one of the roles ${action.roles.join(', ')}; you have ${principal.roles.join(', ') || 'none'}.`,
    details: { action: action.name, rolesNeeded: action.roles, roles: principal.roles },
  });
}

/** Fails with INSUFFICIENT_SCOPE unless the person has let this client do it. */
export function requireScope(action: Action, principal: Principal): void {
  if (!lacksScope(action, principal)) return;
  throw new AppError('INSUFFICIENT_SCOPE', {
    message: `The access token lacks the scope ${action.scopes[0]} that ${action.name} needs.`,
    hint: `Get a token with the scopes ${[...new Set([...principal.scopes, action.scopes[0]])].join(' ')}.`,
    details: { action: action.name, scopesNeeded: action.scopes, scopes: principal.scopes },
  });
}

/**
 * Fails with FORBIDDEN unless one of the roles is held on each device the call is about, or on the whole fleet when it is
 * about no device. Only for what the person may see: there the answer is a refusal and not that there is no such device.
 */
export async function requireRoleOnTarget(
  devices: Pick<Database['devices'], 'getMany'>,
  action: Action,
  principal: Principal,
  target: Target,
): Promise<void> {
  if (target.on === 'nothing' && !isHeldOnFleet(action, principal)) throw lacksRoleOn(action, ['the whole fleet']);
  if (target.on === 'device' || target.on === 'fleet') {
    const all = target.on === 'device' ? [target.device] : target.devices;
    const without = all.filter((device) => !rolesOn(principal, device).some((role) => action.roles.includes(role)));
    if (without.length > 0)
      throw lacksRoleOn(
        action,
        without.map(({ name }) => name),
      );
  }
  if (target.on === 'plan' && (await rolesOnPlan(devices, principal, target.plan, action.roles)).length === 0) {
    throw lacksRoleOn(action, [`every device of plan ${target.plan.planId}`]);
  }
}

function isHeldOnFleet({ roles, target }: Action, principal: Principal): boolean {
  if (target.on !== 'nothing' || target.findsDevices === true) return true;
  const isForEverybody = Role.options.every((role) => roles.includes(role));
  return isForEverybody || rolesOnFleet(principal).some((role) => roles.includes(role));
}

/** The refusal of what one may see and not do. */
export function lacksRoleOn({ name, roles }: Pick<Action, 'name' | 'roles'>, devices: readonly string[]): AppError {
  const shown = devices.slice(0, 10).join(', ');
  return new AppError('FORBIDDEN', {
    message: `Your role does not allow ${name} on ${shown}${devices.length > 10 ? ` and ${devices.length - 10} more` : ''}.`,
    hint: `There it takes one of the roles ${roles.join(', ')}; you have one of them elsewhere.`,
    details: { action: name, rolesNeeded: roles, devices: devices.slice(0, 10) },
  });
}
