import type { Change, CommandDefinition, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { failure, missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { boolean, duration, listOf, reference, text, word } from '../../values/field-types.ts';
import { parsePrefix } from '../../values/ip-address.ts';
import { comment, disabled } from '../row-fields.ts';
import { checkPassword } from './settings.ts';

const USERS = '/user';

/** Logins of the router. */
export const user: MenuDefinition = {
  path: USERS,
  kind: 'list',
  noun: 'user',
  nameField: 'name',
  writePolicy: 'policy',
  fields: {
    address: { type: listOf((member) => parsePrefix(member) !== undefined), default: '' },
    comment,
    disabled,
    expired: { type: boolean, compute: (item) => String(isExpired(item)) },
    group: { type: reference('/user/group'), required: true },
    'inactivity-policy': { type: word('none', 'lockscreen', 'logout'), default: 'none', since: '7.16' },
    'inactivity-timeout': { type: duration(60_000, 86_400_000), default: '10m', since: '7.16' },
    'last-logged-in': { type: text, access: 'read-only' },
    name: { type: text, required: true },
    password: { type: text, access: 'write-only', default: '' },
  },
  seed: (router) =>
    router.accounts.map(({ name, group, password }) => ({
      name,
      group,
      password,
      ...(name === 'admin' ? { comment: 'system default user' } : {}),
    })),
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'user with the same name already exists' : undefined,
  prepare: (change, router) => {
    keepOneFullUser(change, router);
    keepOwnAccount(change);
    if (change.given.has('password')) checkPassword(change.given.get('password') ?? '', router);
  },
  applied: (change, router) => {
    if (change.given.has('password')) delete change.item.internal['expired'];
    moveKeys(change, router);
  },
  commands: { 'expire-password': expirePassword() },
};

/** Must the password be changed at the next login? A new router's user without a password must, too. */
function isExpired({ values, internal }: Item): boolean {
  return values['password'] === '' || internal['expired'] === 1;
}

/** Who disables himself gets no refusal, and stays enabled. Measured on a device. */
function keepOwnAccount({ kind, item, after, caller }: Change): void {
  if (kind === 'set' && item.values['name'] === caller.user && item.values['disabled'] === 'false') {
    after['disabled'] = 'false';
  }
}

function keepOneFullUser({ item, kind, after }: Change, router: RouterView): void {
  const full = router.items('/user/group').find((group) => group.values['name'] === 'full')?.id;
  const mayManage = (values: Item['values']): boolean => values['group'] === full && values['disabled'] !== 'true';
  if (!mayManage(item.values) || (kind !== 'remove' && mayManage(after))) return;
  const others = router.items(USERS).filter((other) => other.id !== item.id && mayManage(other.values));
  if (others.length === 0) throw failure('can not remove or disable last full user');
}

/** Keys belong to their user: they go with him, under whatever name. */
function moveKeys({ kind, item, before }: Change, router: RouterView): void {
  if (kind === 'add') return;
  const former = before?.['name'];
  if (kind === 'remove') router.discard('/user/ssh-keys', (key) => key.values['user'] === former);
  for (const key of router.items('/user/ssh-keys')) {
    if (key.values['user'] === former) key.values['user'] = item.values['name'] ?? '';
  }
}

function expirePassword(): CommandDefinition {
  return {
    policy: 'policy',
    parameters: ['.id', 'numbers'],
    writes: true,
    run: (args, router) => {
      const keys = args.get('.id') ?? args.get('numbers');
      if (keys === undefined) throw missingArgument('.id');
      for (const key of keys.split(',')) {
        const item = router.find(USERS, key);
        if (!item) throw noSuchItem();
        item.internal['expired'] = 1;
      }
      return { kind: 'done' };
    },
  };
}
