import type { MenuDefinition } from '../../engine/definition.ts';
import { userActive } from './active.ts';
import { userGroup } from './group.ts';
import { user } from './user.ts';

/** `/user`: logins, groups, sessions, keys. */
export const USER_MENUS: readonly MenuDefinition[] = [userGroup, user, userActive];
