import { AppError } from '../../../shared/errors/app-error.ts';
import { clipText } from '../../../shared/routeros/device-text.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { toList } from '../../../shared/routeros/values.ts';
import { assertNoneWaits, DEAD_MAN_MENUS, SCHEDULER } from '../../routeros/dead-man.ts';
import { getIfThere } from '../../routeros/optional-menu.ts';
import { assertNoSafeMode, SAFE_MODE_MENU } from '../../routeros/safe-mode.ts';
import { publicSshKey } from '../../routeros/ssh-key-pair.ts';
import { HEALTH_MENU, readHealth } from '../health.ts';

export const USERS = '/user';
const GROUPS = '/user/group';
const SETTINGS = '/user/settings';
const KEYS = '/user/ssh-keys';

/** Menus that are read before a login is made. */
export const LOOKED_AT = [HEALTH_MENU, SAFE_MODE_MENU, ...DEAD_MAN_MENUS, SCHEDULER, USERS, GROUPS, SETTINGS];
/** Menus that are written. */
export const WRITTEN = [USERS, KEYS];

/** Policies without which a user can neither make another nor be of use to Convoy. */
const NEEDED_POLICIES = ['read', 'write', 'policy', 'rest-api'];

/** What the router says of its users before one is made. */
export interface UserFacts {
  names: string[];
  /** Fewest characters of a password. */
  minimumLength: number;
  /** Enabled entries of the scheduler that run as the user, and stop when it is gone. */
  scheduled: string[];
}

/** Fails when a user could not be made, before anything is written. */
export async function lookAtUsers(router: Router, username: string): Promise<UserFacts> {
  // First, because it proves the connection: a router that has just started answers lists with nothing.
  await readHealth(router);
  await assertNoSafeMode(router);
  await assertNoneWaits(router);
  const users = await router.list(USERS, { fields: ['name', 'group'] });
  const user = userNamed(users, username);
  await demandPolicies(router, user['group'] ?? '');
  const settings = await getIfThere(router, SETTINGS);
  const scheduler = await router.list(SCHEDULER, { fields: ['name', 'owner', 'disabled'] });
  return {
    names: users.map(({ name }) => name ?? ''),
    minimumLength: Number(settings?.['minimum-password-length'] ?? 0),
    scheduled: scheduler
      .filter(({ owner, disabled }) => owner === username && disabled !== 'true')
      .map(({ name }) => clipText(name ?? '', 64)),
  };
}

async function demandPolicies(router: Router, group: string): Promise<void> {
  const groups = await router.list(GROUPS, { fields: ['name', 'policy'] });
  const granted = toList(groups.find(({ name }) => name === group)?.['policy']);
  const lacking = NEEDED_POLICIES.filter((policy) => !granted.includes(policy));
  if (lacking.length === 0) return;
  throw new AppError('DEVICE_PERMISSION_DENIED', {
    message: `The group of Convoy's user lacks ${lacking.join(', ')}, so it cannot make another user.`,
    hint: 'Give the group these policies, or make a user on the router yourself and give Convoy its login.',
    details: { lacking },
  });
}

/** The user to be made. */
export interface NewUser {
  username: string;
  password: string;
  sshPrivateKey?: string | undefined;
  /** Whose group and addresses it gets. */
  like: string;
  comment: string;
}

/** Makes the user, and its key, unless they are there. */
export async function createUser(router: Router, user: NewUser): Promise<void> {
  const { username: name, password, like, comment, sshPrivateKey } = user;
  const users = await router.list(USERS, { fields: ['name', 'group', 'address', 'comment'] });
  const present = users.find((row) => row['name'] === name);
  // An earlier attempt whose answer was lost: the router makes a user whole or not at all.
  if (present && present['comment'] !== comment) throw notOurs(name);
  if (!present) {
    const { group = '', address = '' } = userNamed(users, like);
    const values = { name, group, password, comment, ...(address === '' ? {} : { address }) };
    await router.add(USERS, values, { key: { name } });
  }
  if (sshPrivateKey === undefined) return;
  const keys = await router.list(KEYS, { fields: ['user'] });
  if (keys.some((row) => row['user'] === name)) return;
  await router.add(KEYS, { user: name, key: publicSshKey(sshPrivateKey, comment) }, { key: { user: name } });
}

/** Removes a user that a rotation made, and with it its keys. One that is gone, or has another comment, is left alone. */
export async function removeUser(router: Router, username: string, comment: string): Promise<void> {
  const users = await router.list(USERS, { fields: ['name', 'comment'] });
  if (users.some((row) => row['name'] === username && row['comment'] === comment)) {
    await router.remove(USERS, { name: username });
  }
}

/** Takes the right to log in from a user; one that is gone already is success. */
export async function retireUser(router: Router, username: string, fate: 'disable' | 'remove'): Promise<void> {
  if (fate === 'remove') {
    await router.remove(USERS, { name: username });
    return;
  }
  const users = await router.list(USERS, { fields: ['name'] });
  if (users.some((row) => row['name'] === username)) {
    await router.change(USERS, { name: username }, { disabled: 'true' });
  }
}

function userNamed(users: readonly RouterRecord[], username: string): RouterRecord {
  const user = users.find(({ name }) => name === username);
  if (user) return user;
  throw new AppError('DEVICE_ENTRY_MISSING', {
    message: "Convoy's user is none of the router's own users, as where a RADIUS server knows it.",
    hint: 'Change the login where it is kept, then give Convoy the new one.',
  });
}

function notOurs(username: string): AppError {
  return new AppError('DEVICE_ENTRY_EXISTS', {
    message: `The router has a user ${username} that this rotation did not make; nothing was done to it.`,
  });
}
