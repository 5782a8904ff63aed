import type { Change, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { duration, listOf, reference, text, word } from '../../values/field-types.ts';
import { parsePrefix } from '../../values/ip-address.ts';
import { comment, computed, disabled } from '../row-fields.ts';

export const user: MenuDefinition = {
  path: '/user',
  kind: 'list',
  noun: 'user',
  nameField: 'name',
  writePolicy: 'policy',
  fields: {
    address: { type: listOf((member) => parsePrefix(member) !== undefined), default: '' },
    comment,
    disabled,
    expired: computed((item) => String(item.values['password'] === '')),
    group: { type: reference('/user/group'), required: true },
    'inactivity-policy': { type: word('none', 'lockscreen', 'logout'), default: 'none', since: '7.16' },
    'inactivity-timeout': { type: duration(60_000, 86_400_000), default: '10m', since: '7.16' },
    'last-logged-in': { type: text, access: 'read-only' },
    name: { type: text, required: true },
    password: { type: text, access: 'write-only', default: '' },
  },
  seed: (router) => router.accounts.map(({ name, group, password }) => ({ name, group, password })),
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'user with the same name already exists' : undefined,
  prepare: keepOneFullUser,
};

function keepOneFullUser({ item, kind, after }: Change, router: RouterView): void {
  const full = router.items('/user/group').find((group) => group.values['name'] === 'full')?.id;
  const mayManage = (values: Item['values']): boolean => values['group'] === full && values['disabled'] !== 'true';
  if (!mayManage(item.values) || (kind !== 'remove' && mayManage(after))) return;
  const others = router.items('/user').filter((other) => other.id !== item.id && mayManage(other.values));
  if (others.length === 0) throw failure('can not remove or disable last full user');
}
