import type { Principal } from '../../shared/domain/principal.ts';
import type { Phase } from '../../shared/operations/define-operation.ts';
import type { Action, Surface } from './action.ts';
import { lacksRole, lacksScope } from './authorize.ts';

/** Everything that can be called in this deployment. */
export interface Catalogue {
  actions: readonly Action[];
  find(name: string, surface: Surface): Action | null;
  /** What the principal may call, in a fixed order. */
  visibleTo(principal: Pick<Principal, 'roles' | 'scopes'>, surface: Surface): Action[];
}

/** Collects the actions up to `phase`; what lies above it does not exist. Throws on a name used twice. */
export function createCatalogue(all: readonly Action[], phase: Phase): Catalogue {
  const actions = all.filter((action) => action.phase <= phase);
  const byName = new Map(actions.map((action) => [action.name, action]));
  if (byName.size !== actions.length) {
    const twice = actions.find((action, index) => actions.findIndex(({ name }) => name === action.name) !== index);
    throw new Error(`two actions are named "${twice?.name}"`);
  }
  return {
    actions,
    find(name, surface) {
      const action = byName.get(name);
      return action !== undefined && isOn(action, surface) ? action : null;
    },
    visibleTo(principal, surface) {
      return actions.filter(
        (action) => isOn(action, surface) && !lacksRole(action, principal) && !lacksScope(action, principal),
      );
    },
  };
}

function isOn({ surfaces }: Action, surface: Surface): boolean {
  return surfaces.includes(surface) || (surface === 'context' && surfaces.includes('mcp'));
}
