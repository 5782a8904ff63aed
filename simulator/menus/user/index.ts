import type { MenuDefinition } from '../../engine/definition.ts';
import { userAaa } from './aaa.ts';
import { userActive } from './active.ts';
import { userGroup } from './group.ts';
import { userSettings } from './settings.ts';
import { userSshKeys } from './ssh-keys.ts';
import { user } from './user.ts';

/** `/user`: logins, groups, sessions, keys. */
export const USER_MENUS: readonly MenuDefinition[] = [userGroup, user, userAaa, userActive, userSettings, userSshKeys];
